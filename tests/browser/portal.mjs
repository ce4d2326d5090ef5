// The developer portal in a real browser, as those who use it do: a developer makes an app, a tester connects it, the secret
// is replaced while a client runs, a viewer tries to change what is not theirs, and the app is deleted. With and without
// script, at a desk and on a phone, in English and German; every page is judged by axe and has to fit its window.

import { randomBytes } from 'node:crypto';
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { AxeBuilder } from '@axe-core/playwright';
import { base, browser, challenge, check, finish, listen, listensTo, me, password, story } from './stories.mjs';

const pictures = process.env.SYMBOLON_SCREENSHOTS ?? mkdtempSync(join(tmpdir(), 'symbolon-portal-'));
const sizes = { desk: { width: 1280, height: 720 }, phone: { width: 390, height: 844 } };
// Jane develops and Kim looks on; Ned shares no tenant with either.
const [developer, viewer, tester] = ['jane@example.com', 'kim@example.com', 'ned@example.com'];

// The app: a page that says it was reached.
const app = await listen((request, response) => response.setHeader('content-type', 'text/html').end('<title>App</title>'));
const callback = `${app}/callback`;

async function visitor(name, options) {
  const context = await browser.newContext(options);
  context.setDefaultTimeout(60_000);
  const page = await context.newPage();
  listensTo(page, name);
  return page;
}

async function signIn(page, email) {
  await page.goto(`${base}/login`);
  await page.locator('input[name=email]').fill(email);
  await page.locator('input[type=password]').fill(password);
  await page.locator('input[type=password]').press('Enter');
  await page.waitForURL((url) => url.pathname !== '/login');
}

const judged = new Set();
// What axe calls serious or critical, and whether the page fits its window. A page that was judged in this look is not again.
async function judge(page, look, name) {
  if (judged.has(`${look} ${name}`)) return;
  judged.add(`${look} ${name}`);
  await page.screenshot({ path: join(pictures, `${look}-${name}.png`), fullPage: true });
  const wide = await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
  check(`${look} ${name}: nothing sticks out sideways`, wide <= 0, `${wide} pixels`);
  // axe is a script, which a page without script does not run.
  if (look.includes('without')) return;
  // The preview is a sandboxed frame: no script runs there, axe's neither, which would wait for it.
  await page.evaluate(() => document.querySelectorAll('iframe').forEach((frame) => frame.remove()));
  const { violations } = await new AxeBuilder({ page }).analyze();
  const bad = violations.filter((violation) => ['serious', 'critical'].includes(violation.impact));
  const seen = bad.map((violation) => `${violation.id}: ${violation.nodes.map((node) => node.target.join(' ')).join(', ')}`);
  check(`${look} ${name}: axe finds nothing serious`, bad.length === 0, seen.join('; '));
}

const text = (page, id) => page.locator(`#${id}`).textContent();
const submit = async (page, form) => {
  await page.locator(`form#${form} button#submit`).click();
  await page.waitForLoadState();
};

// What an app does: asks for consent in the person's browser, and speaks to the server itself.
async function connects(page, client, decides) {
  const verifier = randomBytes(32).toString('base64url');
  const query = {
    client_id: client.id,
    redirect_uri: callback,
    response_type: 'code',
    scope: 'forms:read',
    state: randomBytes(8).toString('hex'),
    code_challenge: challenge(verifier),
    code_challenge_method: 'S256',
  };
  await page.goto(`${base}/oauth/authorize?${new URLSearchParams(query)}`);
  if (!(await page.locator('button[name=decision][value=allow]').count())) return null;
  await decides?.();
  await page.locator('button[name=decision][value=allow]').click();
  await page.waitForURL(`${callback}**`);
  const code = new URL(page.url()).searchParams.get('code');
  return (await spend(client.secret, client, { grant_type: 'authorization_code', code, redirect_uri: callback, code_verifier: verifier })).json();
}
function spend(secret, client, fields) {
  const authorization = `Basic ${Buffer.from(`${encodeURIComponent(client.id)}:${encodeURIComponent(secret)}`).toString('base64')}`;
  return fetch(`${base}/oauth/token`, { method: 'POST', headers: { authorization }, body: new URLSearchParams(fields) });
}

// A client that refreshes, with whichever secret it was last told, until it is stopped.
function running(client, refreshToken) {
  const statuses = [];
  const own = { stopped: false, statuses, heard: () => {} };
  // Ends when it was answered so many more times, or refused.
  own.answers = async (times) => {
    const enough = statuses.length + times;
    while (statuses.length < enough && (statuses.at(-1) ?? 200) === 200) await new Promise((heard) => (own.heard = heard));
  };
  own.ended = (async () => {
    let token = refreshToken;
    while (!own.stopped) {
      const answer = await spend(client.secret, client, { grant_type: 'refresh_token', refresh_token: token });
      statuses.push(answer.status);
      own.heard();
      if (answer.status !== 200) return;
      token = (await answer.json()).refresh_token ?? token;
    }
  })();
  return own;
}

// A team with somebody who only looks on, made once.
async function team() {
  const page = await visitor('team', { viewport: sizes.desk });
  await signIn(page, developer);
  await page.goto(`${base}/developers/organisations`);
  await judge(page, 'team', 'organisations');
  await page.locator('#make #name').fill('Studio Team');
  await page.locator('#make #submit').click();
  await page.locator('#invite #email').fill(viewer);
  await page.locator('#invite-viewer').check({ force: true });
  await page.locator('#invite-submit').click();
  await judge(page, 'team', 'organisation');
  const link = await page.locator('#invitation-link').inputValue();
  await page.context().close();
  const looker = await visitor('viewer', { viewport: sizes.desk });
  await signIn(looker, viewer);
  await looker.goto(link);
  await judge(looker, 'team', 'invitation');
  await looker.locator('#accept').click();
  await looker.waitForLoadState();
  await looker.context().close();
}

async function walk(look, script, size, locale) {
  const options = { viewport: sizes[size], locale, javaScriptEnabled: script };
  const page = await visitor(look, options);
  const name = `Daybook ${look}`;
  await signIn(page, developer);
  await page.goto(`${base}/developers`);
  check(`${look}: the page is in its language`, (await page.locator('html').getAttribute('lang')) === locale.slice(0, 2));
  await judge(page, look, 'apps');
  await page.locator('#create').click();
  await judge(page, look, 'create');
  await page.locator('#create #name').fill(name);
  await page.locator('#organisation').selectOption({ label: 'Studio Team' });
  await submit(page, 'create');
  const client = { id: await text(page, 'client-id'), secret: await text(page, 'client-secret') };
  const copies = page.locator('button[data-copies=client-secret]');
  check(`${look}: there is a button to copy where there is script`, (await copies.isVisible()) === script);
  await judge(page, look, 'shown-once');
  await page.locator('#stored').click();
  await page.waitForURL(`${base}/developers/apps/**`);
  const address = new URL(page.url()).pathname;
  const room = async (path) => {
    await page.goto(base + address + path);
    await judge(page, look, path.slice(1) || 'app');
  };
  await room('');
  check(`${look}: a secret is shown once`, !(await page.content()).includes(client.secret));

  await room('/redirects');
  await page.locator('#redirect_uri-1').fill('http://app.example.net/callback#here');
  await submit(page, 'redirects');
  check(`${look}: a redirect URI is refused with its reason`, (await text(page, 'redirect_uri-1-problem')).length > 10);
  await judge(page, look, 'redirects-refused');
  await page.locator('#redirect_uri-1').fill(callback);
  await submit(page, 'redirects');
  await room('/scopes');
  await page.locator('input[name=scope][value="forms:read"]').check({ force: true });
  await submit(page, 'scopes');
  for (const other of ['/identity', '/dialect', '/manifest', '/team']) await room(other);

  // A tester: refused before the invitation, connected after it.
  const ned = await visitor(`${look}, tester`, options);
  await signIn(ned, tester);
  check(`${look}: nobody connects who was not invited`, (await connects(ned, client)) === null);
  await room('/testers');
  await page.locator('#invite #email').fill(tester);
  await submit(page, 'invite');
  await judge(page, look, 'testers-one');
  const link = page.locator('#invitation-link');
  if (await link.count()) {
    await ned.goto(await link.inputValue());
    await judge(ned, look, 'invitation');
    await ned.locator('#accept').click();
    await ned.waitForLoadState();
  }
  const tokens = await connects(ned, client, () => judge(ned, look, 'consent'));
  check(`${look}: a tester connects`, tokens?.access_token && (await me(tokens.access_token)) === 200, tokens);

  // The secret is replaced while the app runs, which notices nothing.
  const old = client.secret;
  const worker = running(client, tokens?.refresh_token);
  await room('/credentials');
  await page.locator('#add #overlap').fill('24');
  await submit(page, 'add');
  const fresh = await text(page, 'client-secret');
  await worker.answers(3);
  client.secret = fresh;
  await worker.answers(3);
  worker.stopped = true;
  await worker.ended;
  check(`${look}: a client goes on with the old secret and with the new one`, worker.statuses.every((status) => status === 200), worker.statuses);
  await page.locator('#stored').click();
  await judge(page, look, 'credentials-two');
  // What ends first stands last: the old one, by its last four characters.
  await page.locator('li', { hasText: `…${old.slice(-4)}` }).locator('form button').click();
  await page.waitForLoadState();
  const fields = { grant_type: 'refresh_token', refresh_token: 'none' };
  const [ended, lives] = [await spend(old, client, fields), await spend(fresh, client, fields)];
  check(`${look}: the old one has ended, and the new one has not`, ended.status === 401 && lives.status === 400, [ended.status, lives.status]);

  // A viewer sees all of it and changes nothing.
  const kim = await visitor(`${look}, viewer`, options);
  await signIn(kim, viewer);
  for (const path of ['/identity', '/redirects', '/scopes', '/testers', '/credentials', '/dialect', '/delete']) {
    await kim.goto(base + address + path);
    check(`${look}: ${path} tells a viewer why it is locked`, (await kim.locator('#locked').count()) === 1);
    check(`${look}: ${path} has nothing for a viewer to press`, (await kim.locator('main form[method=post] button[type=submit]').count()) === 0);
  }
  await judge(kim, look, 'viewer');
  await kim.goto(`${base}${address}/redirects`);
  const form = { csrf: await kim.locator('form#redirects #csrf').inputValue(), redirect_uri: 'https://evil.example/cb' };
  const posted = await kim.request.post(`${base}${address}/redirects`, { form, headers: { origin: base }, maxRedirects: 0 });
  check(`${look}: what a viewer posts is refused, with its reason`, posted.status() === 403 && (await posted.text()).includes('id="locked"'), posted.status());
  await room('/redirects');
  check(`${look}: and changes nothing`, (await page.locator('#redirect_uri-1').inputValue()) === callback);

  await room('/delete');
  await page.locator('#confirm').fill('Something else');
  await submit(page, 'delete');
  check(`${look}: another name deletes nothing`, (await page.locator('#confirm-problem').count()) === 1);
  await judge(page, look, 'delete-refused');
  await page.locator('#confirm').fill(name);
  await submit(page, 'delete');
  check(`${look}: the app is gone`, (await me(tokens?.access_token)) === 401 && !(await page.locator('main').textContent()).includes(name));
  await judge(page, look, 'deleted');
  for (const own of [page, ned, kim]) await own.context().close();
}

await story('a team', team);
for (const script of [true, false]) {
  for (const size of Object.keys(sizes)) {
    for (const locale of ['en-GB', 'de-DE']) {
      const look = `${script ? 'with' : 'without'}-script-${size}-${locale.slice(0, 2)}`;
      await story(look, () => walk(look, script, size, locale));
    }
  }
}

console.log(`pictures: ${pictures}`);
await finish();
