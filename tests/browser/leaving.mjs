// The way from our pages to an app in a real browser, where the app does not simply end at its callback: it leads on to
// another origin or to a scheme of its own, or it waits in the window that opened a popup.
//
// A browser holds every redirect after a posted form against the policy of the page that the form stood on, and a page can
// cut the window it is in from the one that opened it. Neither can be seen without a browser.

import { randomBytes } from 'node:crypto';
import { base, browser, challenge, check, finish, listen, password, story as held } from './stories.mjs';

const page = (response, body) => response.setHeader('content-type', 'text/html').end(`<!doctype html><title>App</title>${body}`);

// Where the app leads on to: the same machine under another name and port, so another origin.
const beyond = await listen((request, response) => page(response, 'beyond'));
const beyondUri = `${beyond.replace('127.0.0.1', 'localhost')}/done`;

// The app. What its callback does is told by the state of the request, which comes in the address or in a form.
const TELL_OPENER = '<script>if (opener) { opener.postMessage({ search: location.search }, "*"); close(); } else document.title = "no opener";</script>';
const OPENER = '<script>addEventListener("message", (event) => { window.told = event.data; });</script>';
const origin = await listen(async (request, response) => {
  const { pathname, searchParams } = new URL(request.url, 'http://app');
  if (pathname === '/opener') return page(response, OPENER);
  let body = '';
  for await (const chunk of request) body += chunk;
  const state = searchParams.get('state') ?? new URLSearchParams(body).get('state') ?? '';
  const then = state.split('.')[0];
  const onward = { beyond: beyondUri, scheme: 'symbolon-test:done' }[then];
  if (onward) return response.writeHead(302, { location: onward }).end();
  return page(response, then === 'popup' ? TELL_OPENER : 'callback');
});

function request(then, changes = {}) {
  const query = {
    client_id: 'browser',
    redirect_uri: `${origin}/callback`,
    response_type: 'code',
    scope: 'forms:read',
    state: `${then}.${randomBytes(8).toString('hex')}`,
    code_challenge: challenge(randomBytes(32).toString('base64url')),
    code_challenge_method: 'S256',
    ...changes,
  };
  return `${base}/oauth/authorize?${new URLSearchParams(query)}`;
}

async function signIn(page) {
  await page.getByLabel(/e-?mail/i).fill('jane@example.com');
  await page.getByLabel(/password/i).first().fill(password);
  await page.locator('input[type=password]').press('Enter');
}
const allow = (page) => page.locator('button[name=decision][value=allow]').click();

// A story in a profile of its own; what the policy of a page forbids is told in the console and fails it.
async function story(name, act) {
  const context = await browser.newContext();
  context.setDefaultTimeout(20_000);
  context.on('console', (message) => {
    if (/Content Security Policy/.test(message.text())) check(`${name}: no policy stands in the way`, false, message.text());
  });
  await held(name, () => act(context));
  await context.close();
}

// What the browser asks for a scheme that it cannot open itself: it tries, and hands it to the system.
async function asksForScheme(page, act) {
  const asked = page.waitForEvent('request', (sent) => sent.url().startsWith('symbolon-test:done'));
  await act();
  return (await asked).url();
}

for (const [name, changes] of [['a redirect', {}], ['a posted answer', { response_mode: 'form_post' }]]) {
  await story(`${name}: a callback that goes on to another origin`, async (context) => {
    const page = await context.newPage();
    await page.goto(request('beyond', { ...changes, prompt: 'consent' }));
    await signIn(page);
    await allow(page);
    await page.waitForURL(beyondUri);
    check(`${name}: after Allow`, page.url() === beyondUri);

    // Signed out, the form that leads on is the sign-in: consent is remembered.
    await context.clearCookies();
    await page.goto(request('beyond', changes));
    await signIn(page);
    await page.waitForURL(beyondUri);
    check(`${name}: after sign-in with remembered consent`, page.url() === beyondUri);
  });
}

await story('a callback that goes on to a scheme of its own', async (context) => {
  const page = await context.newPage();
  await page.goto(request('scheme', { prompt: 'consent' }));
  await signIn(page);
  await page.waitForSelector('button[name=decision]');
  check('after Allow', await asksForScheme(page, () => allow(page)));
  // A browser that asks whether to open the other app takes no more keys in that window.
  await context.clearCookies();
  const again = await context.newPage();
  await again.goto(request('scheme'));
  check('after sign-in with remembered consent', await asksForScheme(again, () => signIn(again)));
});

await story('a popup comes back', async (context) => {
  const opener = await context.newPage();
  await opener.goto(`${origin}/opener`);
  const open = async (url) => {
    const opened = opener.waitForEvent('popup');
    await opener.evaluate((address) => {
      window.told = null;
      window.popup = window.open(address, 'connect', 'width=480,height=720');
    }, url);
    return opened;
  };
  const told = async (name) => {
    await opener.waitForFunction(() => window.told);
    const { search } = await opener.evaluate(() => window.told);
    check(`${name}: the opener hears of the code`, new URLSearchParams(search).get('code'), search);
    await opener.waitForFunction(() => window.popup.closed);
  };

  const popup = await open(request('popup', { prompt: 'consent' }));
  await popup.waitForSelector('input[type=password]');
  check('with pages: the window that opened it is there at the sign-in', await popup.evaluate(() => window.opener !== null));
  check('with pages: the popup is not taken for closed', await opener.evaluate(() => !window.popup.closed));
  await signIn(popup);
  await popup.waitForSelector('button[name=decision]');
  check('with pages: and at consent', await popup.evaluate(() => window.opener !== null));
  await allow(popup);
  await told('with pages');

  await open(request('popup'));
  await told('without a page');
  await open(request('popup', { prompt: 'none' }));
  await told('without a page, on purpose');
});

await story('a page that is on no way to an app stays apart from who opened it', async (context) => {
  const opener = await context.newPage();
  await opener.goto(`${origin}/opener`);
  const opened = opener.waitForEvent('popup');
  await opener.evaluate((address) => { window.open(address); }, `${base}/`);
  const popup = await opened;
  await popup.waitForSelector('h1');
  check('the front page has no opener', await popup.evaluate(() => window.opener === null));
});

await finish();
