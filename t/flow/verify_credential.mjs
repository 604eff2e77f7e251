// Checks a signed credential with somebody else's code: verify_credential.mjs FILE KEY prints what it says as JSON,
// or fails. KEY is the file of the public key as a JSON Web Key.

import { createRequire } from "node:module";
import fs from "node:fs";
import path from "node:path";
import url from "node:url";

const top = path.resolve(path.dirname(url.fileURLToPath(import.meta.url)), "../..");
const { compactVerify, importJWK, calculateJwkThumbprint } = createRequire(path.join(top, "build/node/package.json"))("jose");

const [file, keyFile] = process.argv.slice(2);
const jwk = JSON.parse(fs.readFileSync(keyFile, "utf8"));
const { payload, protectedHeader } = await compactVerify(fs.readFileSync(file, "utf8"), await importJWK(jwk, "EdDSA"));

process.stdout.write(JSON.stringify({
  header: protectedHeader,
  thumbprint: await calculateJwkThumbprint(jwk),
  credential: JSON.parse(new TextDecoder().decode(payload)),
}));
