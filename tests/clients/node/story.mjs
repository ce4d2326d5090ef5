// What every library's story shares: the person who signs in, the API that is called, and the count at the end.

import { execFileSync } from 'node:child_process';

export const base = process.env.SYMBOLON_BASE;
export const redirectUri = process.env.SYMBOLON_REDIRECT_URI;
export const scope = 'forms:read bookings:read';

// The person opens the address, signs in, decides, and is sent back to the app.
export function person(url, ...options) {
  const printed = execFileSync(process.env.SYMBOLON_AUTHORIZE, [String(url), ...options], { encoding: 'utf8' });
  return new URL(printed.trim());
}

// What the app API says to an access token.
export async function me(accessToken) {
  return (await fetch(`${base}/v1/me`, { headers: { authorization: `Bearer ${accessToken}` } })).status;
}

let passed = 0;
let failed = 0;

export function check(sentence, holds, seen) {
  if (holds) {
    passed += 1;
    return;
  }
  failed += 1;
  console.log(`not so: ${sentence}`, seen ?? '');
}

// The promise must fail with an error that `recognise` accepts.
export async function refused(sentence, promise, recognise) {
  try {
    check(sentence, false, await promise);
  } catch (error) {
    check(sentence, recognise(error), error);
  }
}

export function sameScopes(answered) {
  return String(answered).split(' ').sort().join(' ') === scope.split(' ').sort().join(' ');
}

// The names of an object's members, in the order of the alphabet.
export function members(object) {
  return Object.keys(object).sort().join(' ');
}

export function finish() {
  console.log(`${passed} passed, ${failed} failed`);
  process.exit(failed ? 1 : 0);
}
