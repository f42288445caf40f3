// Sealing what lies on the phone: AES-GCM with a key that the browser keeps and never hands out.
const ALGORITHM = "AES-GCM";
const encoder = new TextEncoder();
const decoder = new TextDecoder();

/** Sealing and offline work need a secure address (https, or this machine itself). */
export const isPossible = () => Boolean(globalThis.isSecureContext && globalThis.crypto?.subtle && globalThis.indexedDB);

/** A new key; `extractable` is false, so neither this program nor a copy of the storage can read it out. */
export const makeKey = () => crypto.subtle.generateKey({ name: ALGORITHM, length: 256 }, false, ["encrypt", "decrypt"]);

/** Bytes → {iv, data}. id is bound to the content: a sealed record cannot be passed off as another. */
export const sealBytes = async (key, id, bytes) => {
  const iv = crypto.getRandomValues(new Uint8Array(12));
  const data = await crypto.subtle.encrypt({ name: ALGORITHM, iv, additionalData: encoder.encode(id) }, key, bytes);
  return { iv, data };
};

export const openBytes = (key, id, { iv, data }) =>
  crypto.subtle.decrypt({ name: ALGORITHM, iv, additionalData: encoder.encode(id) }, key, data);

export const seal = (key, id, value) => sealBytes(key, id, encoder.encode(JSON.stringify(value)));

export const open = async (key, id, sealed) => JSON.parse(decoder.decode(await openBytes(key, id, sealed)));
