// Sign-in, consent and account in a real browser: without JavaScript, by keyboard alone, judged by axe, on a phone and at
// a desk, light and dark.
//
// The app's redirect URI is a listener of ours on a free port (any port of 127.0.0.1 is as good as the registered one),
// because a browser enforces on the way there what a library does not: form-action, cookies, the redirect itself.

import { randomBytes } from 'node:crypto';
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { AxeBuilder } from '@axe-core/playwright';
import { base, browser, challenge, check, finish, listen, listensTo, me, password, story } from './stories.mjs';

const pictures = process.env.SYMBOLON_SCREENSHOTS ?? mkdtempSync(join(tmpdir(), 'symbolon-pages-'));
const phone = { width: 320, height: 640 };
const desk = { width: 1280, height: 800 };

// The app: a page that says it was reached.
const app = await listen((request, response) => response.setHeader('content-type', 'text/html').end('<title>App</title>'));
const redirectUri = `${app}/callback`;

function request(changes = {}) {
  const verifier = randomBytes(32).toString('base64url');
  const query = {
    client_id: 'browser',
    redirect_uri: redirectUri,
    response_type: 'code',
    scope: 'forms:read bookings:read',
    state: randomBytes(8).toString('hex'),
    code_challenge: challenge(verifier),
    code_challenge_method: 'S256',
    ...changes,
  };
  return { verifier, state: query.state, url: `${base}/oauth/authorize?${new URLSearchParams(query)}` };
}

async function exchange(answer, verifier) {
  const body = { grant_type: 'authorization_code', code: answer.get('code'), redirect_uri: redirectUri, code_verifier: verifier };
  const authorization = `Basic ${Buffer.from('browser:browser-secret').toString('base64')}`;
  const response = await fetch(`${base}/oauth/token`, { method: 'POST', headers: { authorization }, body: new URLSearchParams(body) });
  return response.json();
}
// A fresh profile that writes down what no page may do: load from elsewhere, or complain in the console.
async function visitor(name, options) {
  const context = await browser.newContext({ viewport: desk, ...options });
  context.setDefaultTimeout(60_000);
  const page = await context.newPage();
  page.on('request', (sent) => {
    const { origin } = new URL(sent.url());
    if (origin !== base && !sent.url().startsWith(redirectUri) && !sent.url().startsWith('data:')) check(`${name}: nothing is loaded from elsewhere`, false, sent.url());
  });
  listensTo(page, name);
  return { context, page };
}
async function signIn(page, email) {
  await page.getByLabel(/e-?mail/i).fill(email);
  await page.getByLabel(/password/i).first().fill(password);
  await page.locator('input[type=password]').press('Enter');
}
const decide = (page, decision) => page.locator(`button[name=decision][value=${decision}]`).click();
async function arrival(page) {
  await page.waitForURL(`${redirectUri}**`);
  return new URL(page.url()).searchParams;
}

await story('without JavaScript', async () => {
  const { context, page } = await visitor('without JavaScript', { javaScriptEnabled: false });
  const asked = request();
  await page.goto(asked.url);
  await signIn(page, 'jane@example.com');
  await decide(page, 'allow');
  const answer = await arrival(page);
  check('the browser comes back with code, state and issuer', answer.get('code') && answer.get('state') === asked.state && answer.get('iss') === base, answer);
  const tokens = await exchange(answer, asked.verifier);
  check('the code is good', (await me(tokens.access_token)) === 200, tokens);

  const again = request();
  await page.goto(again.url);
  check('a second time needs no page', (await arrival(page)).get('state') === again.state);

  await page.goto(request({ prompt: 'consent' }).url);
  await decide(page, 'deny');
  check('no is an answer', (await arrival(page)).get('error') === 'access_denied');

  await page.goto(request({ prompt: 'consent' }).url);
  await decide(page, 'switch');
  check('another account can be chosen', (await page.locator('input[type=password]').count()) === 1);

  await page.goto(`${base}/account`);
  await page.getByRole('link', { name: /disconnect/i }).click();
  await page.getByRole('button', { name: /disconnect/i }).click();
  await page.waitForURL(`${base}/account**`);
  check('disconnecting ends the access', (await me(tokens.access_token)) === 401);
  await context.close();
});

await story('a choice of tenants', async () => {
  const { context, page } = await visitor('a choice of tenants', { javaScriptEnabled: false });
  const asked = request({ scope: 'forms:read' });
  await page.goto(asked.url);
  await signIn(page, 'sam@example.com');
  await page.locator('input[name=tenant][value=south]').check();
  // Enter presses the first button of a form; it must leave the page as it is for the decision that follows.
  await page.locator('input[name=tenant][value=south]').press('Enter');
  await decide(page, 'allow');
  const tokens = await exchange(await arrival(page), asked.verifier);
  check('the token is for the tenant that was chosen', tokens.tenant_id === 'south', tokens);
  await context.close();
});

// Presses Tab until `selector` has the focus, which every stop on the way must show.
async function tabTo(page, selector) {
  for (let stops = 0; stops < 40; stops += 1) {
    const [arrived, shown] = await page.evaluate((wanted) => {
      const here = document.activeElement;
      // A hidden radio button may leave it to its label.
      const ringed = [here, here.closest('label')].some((element) => {
        const style = element && getComputedStyle(element);
        return style && (style.outlineStyle !== 'none' || style.boxShadow !== 'none');
      });
      return [here.matches(wanted), ringed || here === document.body];
    }, selector);
    if (!shown) check('the focus can be seen', false, await page.evaluate(() => document.activeElement.outerHTML.slice(0, 200)));
    if (arrived) return;
    await page.keyboard.press('Tab');
  }
  throw new Error(`the keyboard does not reach ${selector} on ${page.url()}`);
}

await story('by keyboard alone', async () => {
  const { context, page } = await visitor('by keyboard alone');
  const asked = request();
  await page.goto(asked.url);
  await tabTo(page, 'input[name=email]');
  await page.keyboard.type('jane@example.com');
  await tabTo(page, 'input[type=password]');
  await page.keyboard.type(password);
  await page.keyboard.press('Enter');
  await page.waitForSelector('button[name=decision]');
  await tabTo(page, 'button[name=decision][value=allow]');
  await page.keyboard.press('Enter');
  check('the keyboard suffices', (await arrival(page)).get('code'));
  await context.close();
});

// What axe calls serious or critical, and whether the page fits its window.
async function judge(page, name) {
  await page.screenshot({ path: join(pictures, `${name}.png`), fullPage: true });
  const wide = await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
  check(`${name}: nothing sticks out sideways`, wide <= 0, `${wide} pixels`);
  const { violations } = await new AxeBuilder({ page }).analyze();
  const bad = violations.filter((violation) => ['serious', 'critical'].includes(violation.impact));
  const seen = bad.map((violation) => `${violation.id}: ${violation.nodes.map((node) => node.target.join(' ')).join(', ')}`);
  check(`${name}: axe finds nothing serious`, bad.length === 0, seen.join('; '));
}

for (const colorScheme of ['light', 'dark']) {
  for (const [size, viewport] of Object.entries({ phone, desk })) {
    const look = `${colorScheme}-${size}`;
    await story(`every page, ${look}`, async () => {
      const { context, page } = await visitor(look, { colorScheme, viewport });
      await page.goto(request({ prompt: 'consent' }).url);
      await judge(page, `${look}-login`);
      await page.getByLabel(/e-?mail/i).fill('jane@example.com');
      await page.locator('input[type=password]').fill('not her password');
      await page.locator('input[type=password]').press('Enter');
      await page.waitForLoadState();
      await judge(page, `${look}-login-refused`);
      await signIn(page, 'jane@example.com');
      await page.waitForSelector('button[name=decision]');
      await judge(page, `${look}-consent`);
      await decide(page, 'allow');
      await arrival(page);
      for (const [name, path] of [['account', '/account'], ['password', '/account/password'], ['home', '/'], ['error', '/oauth/authorize?client_id=nobody']]) {
        await page.goto(base + path);
        await judge(page, `${look}-${name}`);
      }
      await page.goto(`${base}/account`);
      await page.getByRole('link', { name: /disconnect/i }).first().click();
      await judge(page, `${look}-disconnect`);
      await context.clearCookies();
      await page.goto(`${base}/signup`);
      await judge(page, `${look}-signup`);
      await context.close();
    });
  }
}

console.log(`pictures: ${pictures}`);
await finish();
