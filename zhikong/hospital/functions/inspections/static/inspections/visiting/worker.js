// The service worker: keeps the page and its program, so that it opens without a network. It keeps no data.
const BUILD = new URL(self.location).searchParams.get("build");
const PAGE = new URL("./", self.location).pathname;
const PLACES = new URL("../places/", self.location).pathname; // where the square codes on the wards lead
const CACHE = `zhikong-phone-${BUILD}`;
const PATIENCE = 2500; // a network that is too slow to answer by then counts as none

self.addEventListener("install", (event) => {
  event.waitUntil(
    (async () => {
      const shell = await (await fetch(`${PAGE}shell.json`, { cache: "no-store" })).json();
      const cache = await caches.open(CACHE);
      await cache.addAll(shell.files);
      await cache.put(PAGE, await fetch(shell.page, { cache: "no-store" }));
      await self.skipWaiting();
    })(),
  );
});

self.addEventListener("activate", (event) => {
  event.waitUntil(
    (async () => {
      // an open page keeps the modules it has loaded; the caches of builds before are of no use to anybody
      const names = (await caches.keys()).filter((name) => name.startsWith("zhikong-phone-") && name !== CACHE);
      await Promise.all(names.map((name) => caches.delete(name)));
      await self.clients.claim();
    })(),
  );
});

const inTime = (request) => fetch(request, { signal: AbortSignal.timeout(PATIENCE) });

const opened = async (request) => {
  try {
    const answer = await inTime(request);
    if (answer.ok) return answer;
  } catch {
    // no network, or too slow a one: the kept page opens
  }
  return (await caches.match(PAGE)) ?? fetch(request);
};

/** A scanned code without a network: the module knows the visits of that place that are on this phone. */
const placed = async (request) => {
  try {
    return await inTime(request);
  } catch {
    const code = new URL(request.url).pathname.slice(PLACES.length).replace(/\/$/, "");
    return Response.redirect(`${PAGE}#/place/${code}`);
  }
};

const IS_CODE = /^[\w-]+\/$/;

self.addEventListener("fetch", (event) => {
  const { request } = event;
  const address = new URL(request.url);
  if (request.method !== "GET" || address.origin !== self.location.origin) return;
  const { pathname } = address;
  if (request.mode === "navigate") {
    if (pathname === PAGE) event.respondWith(opened(request));
    else if (pathname.startsWith(PLACES) && IS_CODE.test(pathname.slice(PLACES.length))) event.respondWith(placed(request));
    return;
  }
  const isShell = pathname.startsWith(PAGE) || pathname.startsWith("/static/");
  if (isShell) event.respondWith(caches.match(request).then((kept) => kept ?? fetch(request)));
});

// Signing out on any page takes what can be read off the phone; what has not been sent stays sealed (keeping.js).
self.addEventListener("message", (event) => {
  if (event.data === "signed-out") event.waitUntil(signedOut());
});

const signedOut = () =>
  new Promise((done) => {
    const request = indexedDB.open("zhikong-visits");
    request.onupgradeneeded = () => request.transaction.abort(); // there is none: nothing to take away
    request.onerror = () => done();
    request.onsuccess = () => {
      const db = request.result;
      if (!db.objectStoreNames.contains("packages")) return done(db.close());
      const transaction = db.transaction(["packages", "ops", "media"], "readwrite");
      transaction.objectStore("packages").clear();
      dropped(transaction.objectStore("ops"), (record) => record.sent);
      dropped(transaction.objectStore("media"), (record) => record.done);
      transaction.oncomplete = transaction.onabort = () => done(db.close());
    };
  });

const dropped = (store, isDone) => {
  store.openCursor().onsuccess = (event) => {
    const cursor = event.target.result;
    if (!cursor) return;
    if (isDone(cursor.value)) cursor.delete();
    cursor.continue();
  };
};
