// The score while filling, by the server's rules (foundation/forms/scoring.py), which counts again and decides.
// Points are exact decimals there; here they are thousandths as whole numbers, and only shares of observations divide.
const UNIT = 1000;
const units = (text) => (text === null || text === undefined ? null : Math.round(Number(text) * UNIT));

const isScored = (item) => item.points !== null || item.options.some((option) => option.score !== null);

/** The most that an item can give. */
export const fullOf = (item) => {
  if (item.points) return units(item.points.full);
  const scores = item.options.map((option) => units(option.score) ?? 0);
  return item.type === "choice" ? Math.max(0, ...scores) : scores.reduce((sum, one) => sum + one, 0);
};

const gained = (item, answer) => {
  if (item.type === "choice" || item.type === "choices") {
    const codes = [answer].flat();
    return item.options.filter((o) => codes.includes(o.code)).reduce((sum, o) => sum + (units(o.score) ?? 0), 0);
  }
  const full = units(item.points.full);
  if (item.type === "yes_no" || item.type === "yes_no_na") return answer === "yes" ? full : units(item.points.when_no);
  if (item.type === "observation") return (full * answer.n) / answer.m;
  return item.points.each === null ? units(answer) : full - units(item.points.each) * answer;
};

/** Points won, or null when the item does not count: not answered, not applicable, not scored. */
export const won = (item, answers) => {
  const answer = answers[item.id];
  const empty = answer === undefined || answer === null || answer === "na" || (Array.isArray(answer) && !answer.length);
  if (!isScored(item) || empty) return null;
  return Math.max(0, Math.min(fullOf(item), gained(item, answer)));
};

export const hits = (form, answers) =>
  form.sections.flatMap((section) => section.items).filter((item) => item.veto && answers[item.id] === "no");

const sectionScore = (section, answers, vetoed) => {
  const counted = section.items.map((item) => [item, won(item, answers)]).filter(([, points]) => points !== null);
  const total = counted.reduce((sum, [item]) => sum + fullOf(item), 0);
  const got = counted.reduce((sum, [, points]) => sum + points, 0);
  const full = section.cap === null ? total : Math.min(units(section.cap), total);
  const points = section.scoring === "sum" ? Math.min(full, got) : Math.max(0, full - (total - got));
  const zero = vetoed.some((item) => item.veto.effect === "section_zero" && section.items.includes(item));
  return { id: section.id, points: zero ? 0 : points, full };
};

const called = (policy, vetoed) =>
  policy.vetoes.filter((rule) => {
    const count = rule.list ? vetoed.filter((item) => item.veto.list === rule.list).length : vetoed.length;
    return count >= rule.at_least;
  });

const afterPolicy = (total, full, rules) => {
  const taken = Math.max(0, ...rules.map((rule) => Number(rule.deduct ?? 0)));
  const caps = rules.filter((rule) => rule.cap !== null).map((rule) => (Number(rule.cap) * full) / 100);
  return Math.min(Math.max(0, total - (taken * full) / 100), ...caps);
};

const afterVetoes = (total, vetoed) => {
  const of = (effect) => vetoed.filter((item) => item.veto.effect === effect).map((item) => Number(item.veto.points ?? 0));
  if (of("sheet_zero").length) return 0;
  return Math.min(Math.max(0, total - Math.max(0, ...of("deduct"))), ...of("cap"));
};

/** Two decimals, half up, as the sheet prints it; the small push undoes what binary fractions lose. */
const rounded = (value) => Math.floor(value * 100 + 0.5 + 1e-7) / 100;

const gradeOf = (form, total, vetoed, rules) => {
  if (form.policy) {
    const names = form.policy.grades.map((grade) => grade.name);
    const reached = form.policy.grades.findIndex((g) => (total * 100) / Number(form.full_score) >= Number(g.at_least));
    const left = rules.filter((rule) => rule.grade).map((rule) => names.indexOf(rule.grade));
    return names[Math.max(reached, ...left)];
  }
  if (!form.grades.length) return "";
  const last = form.grades.at(-1).name;
  if (vetoed.some((item) => item.veto.effect === "fail")) return last;
  return form.grades.find((grade) => total >= Number(grade.at_least))?.name ?? last;
};

/** {total, full, grade, passed, vetoed} of clean, visible answers; null when the form gives no points. */
export const score = (form, answers) => {
  const vetoed = hits(form, answers);
  const failed = vetoed.some((item) => item.veto.effect === "fail");
  if (form.full_score === null) return null;
  const sections = form.sections.filter((s) => s.items.some(isScored)).map((s) => sectionScore(s, answers, vetoed));
  const points = sections.reduce((sum, one) => sum + one.points, 0);
  const full = sections.reduce((sum, one) => sum + one.full, 0);
  const most = Number(form.full_score);
  if (!full) return { total: null, full: most, grade: "", passed: failed ? false : null, vetoed };
  const rules = form.policy ? called(form.policy, vetoed) : [];
  const raw = (points / full) * most;
  const total = rounded(form.policy ? afterPolicy(raw, most, rules) : afterVetoes(raw, vetoed));
  const passed = failed ? false : form.pass_score === null ? null : total >= Number(form.pass_score);
  return { total, full: most, grade: gradeOf(form, total, vetoed, rules), passed, vetoed };
};
