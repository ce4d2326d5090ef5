// npm `better-auth`, its generic OAuth plugin with a platform's settings for Cal.com: a public client, form bodies, S256,
// `prompt` and `access_type` that nobody asked for, and a refresh token that travels in a header. The library runs in
// this process, over a database in memory; the browser between the two servers is the scripted person.

import { betterAuth } from 'better-auth';
import { memoryAdapter } from 'better-auth/adapters/memory';
import { genericOAuth } from 'better-auth/plugins';
import { base, check, finish, me, person } from '../story.mjs';

const home = 'http://127.0.0.1:8081';
const vendor = `${base}/calcom`;
const clientId = 'calcom-better-auth';
const stored = { user: [], session: [], account: [], verification: [] };
const seen = [];
const said = [];

async function profile(accessToken) {
  const headers = { Authorization: `Bearer ${accessToken}`, 'cal-api-version': '2024-08-13' };
  const answer = await fetch(`${vendor}/v2/me`, { headers });
  const data = await answer.json();
  return { status: answer.status, profile: data.data || data };
}

const auth = betterAuth({
  baseURL: home,
  secret: 'thirty-two-characters-for-a-test-run',
  database: memoryAdapter(stored),
  telemetry: { enabled: false },
  logger: { log: (level, ...words) => said.push(level, ...words) },
  plugins: [
    genericOAuth({
      config: [
        {
          providerId: 'calcom',
          clientId,
          authorizationUrl: `${vendor}/auth/oauth2/authorize`,
          tokenUrl: `${vendor}/api/auth/oauth/token`,
          scopes: [],
          responseType: 'code',
          pkce: true,
          accessType: 'offline',
          prompt: 'consent',
          redirectURI: `${home}/api/auth/oauth2/callback/calcom`,
          getUserInfo: async (tokens) => {
            seen.push(tokens);
            const { profile: own } = await profile(tokens.accessToken);
            return { id: String(own.id), name: own.name, email: own.email, emailVerified: true };
          },
        },
      ],
    }),
  ],
});

// What a browser keeps between two visits to the library.
const cookies = (answer) => answer.headers.getSetCookie().map((cookie) => cookie.split(';')[0]).join('; ');

async function signIn() {
  const asked = new Request(`${home}/api/auth/sign-in/oauth2`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', origin: home },
    body: JSON.stringify({ providerId: 'calcom', callbackURL: '/connected' }),
  });
  const begun = await auth.handler(asked);
  const { url } = await begun.json();
  return { url: new URL(url), cookie: cookies(begun) };
}

const callback = (url, cookie) => auth.handler(new Request(url, { headers: { cookie } }));

// The platform refreshes by itself: form, no secret, the token in the header.
async function refresh(refreshToken) {
  const answer = await fetch(`${vendor}/api/auth/oauth/refreshToken`, {
    method: 'POST',
    headers: { 'content-type': 'application/x-www-form-urlencoded', authorization: `Bearer ${refreshToken}` },
    body: new URLSearchParams({ grant_type: 'refresh_token', client_id: clientId }),
  });
  return { status: answer.status, body: await answer.json() };
}

const { url, cookie } = await signIn();
const sent = Object.fromEntries(url.searchParams);
check('the library asks for offline access', sent.prompt === 'consent' && sent.access_type === 'offline', sent);
check('it sends a challenge', sent.code_challenge_method === 'S256' && sent.code_challenge.length === 43, sent);
const answer = person(url, '--email', 'ada@example.com', '--tenant', 'ada');
check('she comes back to the library', answer.href.startsWith(`${home}/api/auth/oauth2/callback/calcom?code=`), answer.href);
const connected = await callback(answer, cookie);
check('the library is content', connected.headers.get('location') === '/connected', said);

const [account] = stored.account;
check('it keeps one account', stored.account.length === 1 && account.providerId === 'calcom', stored.account);
check('with both tokens', Boolean(account.accessToken && account.refreshToken), account);
const lasts = (account.accessTokenExpiresAt - Date.now()) / 1000;
check('and knows that the first lasts half an hour', lasts > 1700 && lasts <= 1800, lasts);
check('the token is a bearer token', seen[0].tokenType.toLowerCase() === 'bearer', seen[0]);
const [user] = stored.user;
check('it knows who signed in', user.email === 'ada@example.com' && user.name === 'Ada Day', user);
check('the API accepts the token', (await me(account.accessToken)) === 200);

const next = await refresh(account.refreshToken);
check('refreshing by header works without a secret', next.status === 200, next);
check('it gives another access token', next.body.access_token !== account.accessToken, next.body);
check('and a refresh token to keep', Boolean(next.body.refresh_token), next.body);
check('the API accepts the new one', (await profile(next.body.access_token)).status === 200);
const last = await refresh(next.body.refresh_token);
check('what was kept refreshes again', last.status === 200, last);
const refreshAsAccess = await profile(last.body.refresh_token);
check('a refresh token is no access token', refreshAsAccess.status === 401, refreshAsAccess);

const again = await signIn();
const spent = new URL(person(again.url, '--email', 'ada@example.com', '--tenant', 'ada'));
spent.searchParams.set('code', answer.searchParams.get('code'));
const failed = await callback(spent, again.cookie);
const failure = failed.headers.get('location') ?? '';
check('a code works once', failure.includes('error=oauth_code_verification_failed'), failure);

finish();
