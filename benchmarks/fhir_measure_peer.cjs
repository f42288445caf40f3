// The peer of fhir_measure.py: executes a hand-written ELM over the Bundles of an NDJSON file.
//     node fhir_measure_peer.cjs ELM.json PATIENTS.ndjson CODE …
// Prints the counts and the CPU seconds of the execution alone.
const fs = require('fs');
const cql = require('cql-execution');
const fhir = require('cql-exec-fhir');

async function main([elm, patients, ...codes]) {
  const library = new cql.Library(JSON.parse(fs.readFileSync(elm, 'utf8')));
  const system = 'http://hl7.org/fhir/sid/icd-10-cm';
  const sets = { 'http://example.org/ami': { '': codes.map((code) => ({ code, system, version: '' })) } };
  const executor = new cql.Executor(library, new cql.CodeService(sets));
  const bundles = fs.readFileSync(patients, 'utf8').split('\n').map((line) => JSON.parse(line));
  const source = fhir.PatientSource.FHIRv401();
  source.loadBundles(bundles);
  const begun = process.cpuUsage();
  const results = (await executor.exec(source)).patientResults;
  const used = process.cpuUsage(begun);
  const sum = (name) => Object.values(results).reduce((total, one) => total + one[name].length, 0);
  const cpu = (used.user + used.system) / 1e6;
  console.log(JSON.stringify({ denominator: sum('Denominator'), numerator: sum('Numerator'), cpu }));
}

main(process.argv.slice(2)).catch((error) => {
  console.error(error);
  process.exit(1);
});
