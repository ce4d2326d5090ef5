// What every program of stories in a real browser needs: the server it speaks to, the browser, sites of its own, a count of
// what holds, and an end that says it.

import { createHash } from 'node:crypto';
import { createServer } from 'node:http';
import { chromium } from 'playwright-core';

export const base = process.env.SYMBOLON_BASE;
export const password = process.env.SYMBOLON_PASSWORD;

let passed = 0;
let failed = 0;
export function check(sentence, holds, seen) {
  if (holds) passed += 1;
  else {
    failed += 1;
    console.log(`not so: ${sentence}`, seen ?? '');
  }
}

// A story that stops on the way is one that does not hold.
export async function story(name, act) {
  try {
    await act();
  } catch (error) {
    check(name, false, error);
  }
}

const sites = [];
// A site on a free port, which is any app's: any port of 127.0.0.1 is as good as the registered one.
export async function listen(answer) {
  const site = createServer(answer);
  await new Promise((ready) => site.listen(0, '127.0.0.1', ready));
  sites.push(site);
  return `http://127.0.0.1:${site.address().port}`;
}

export const browser = await chromium.launch({ executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium', args: ['--no-sandbox'] });

// A page that complains in the console does not hold; one that is answered 400 or 403 on purpose is reported by the browser as
// a failed load of itself.
export function listensTo(page, name) {
  const expected = (message) => /status of 4\d\d/.test(message.text()) && new URL(message.location().url).pathname !== '/favicon.ico';
  page.on('console', (message) => {
    if (message.type() === 'error' && page.url().startsWith(base)) expected(message) || check(`${name}: the console is silent`, false, message.text());
  });
}

export const challenge = (verifier) => createHash('sha256').update(verifier).digest('base64url');

export const me = async (token) => (await fetch(`${base}/v1/me`, { headers: { authorization: `Bearer ${token}` } })).status;

export async function finish() {
  await browser.close();
  sites.forEach((site) => site.close());
  console.log(`${passed} passed, ${failed} failed`);
  process.exit(failed ? 1 : 0);
}
