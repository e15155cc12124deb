// Authorization code with PKCE. Tokens stay in this module's memory: nothing that another origin, another person at the
// same device or a restored tab could read is ever stored. A reload asks the authority again without showing a page.
import * as oauth from "../lib/oauth4webapi.js";
import { any } from "./photographs.js";

const channelName = "repaint-sign-in";
const pendingKey = "repaint.sign-in";
const wasSignedInKey = "repaint.was-signed-in";
const renewBefore = 60_000;
const lookAgainAfter = 10_000;
const answerWithin = 8_000;

let page = null;
let base;
let config;
let server;
let tokens = null;
let renewal = null;

/** Finds out where we stand; may leave the page. page.OnExpired hears when the session has ended. */
export async function start(baseUri, uri, dotnet) {
  page = dotnet;
  base = baseUri;
  const callback = uri.startsWith(redirectUri());
  const pending = callback ? takePending() : null;
  try {
    await discover();
  } catch {
    reloadOnceReachable();
    return { state: "unreachable", returnTo: pending?.returnTo ?? null, account: null };
  }
  if (callback) {
    const account = pending ? await redeem(new URL(uri), pending).catch(() => null) : null;
    remember(account !== null);
    return { state: account ? "signed-in" : "signed-out", returnTo: pending?.returnTo ?? base, account };
  }
  if (uri.startsWith(base + "authentication/")) {
    remember(false);
    return { state: "signed-out", returnTo: base, account: null };
  }
  if (sessionStorage.getItem(wasSignedInKey) || await any().catch(() => false)) {
    // A reload, or photographs wait for somebody to send them. One try: when the authority knows the person no more, the
    // sign-in page shows next.
    remember(false);
    await leave(uri, "none");
  }
  return { state: "signed-out", returnTo: null, account: null };
}

// A server that was away comes back without the browser noticing. There is nothing yet that a reload could lose.
function reloadOnceReachable() {
  const look = () => discover().then(() => location.reload(), () => {});
  addEventListener("online", look);
  setInterval(look, lookAgainAfter);
}

export async function signIn(returnTo) {
  await discover();
  await leave(returnTo, null);
}

/** In a window of its own, so that this page keeps what it holds. */
export async function signInAgain() {
  // Opened at once, within the click: later the browser would take it for a pop-up nobody asked for.
  const popup = window.open("about:blank", "_blank", "popup,width=480,height=640");
  if (!popup) {
    return null;
  }
  try {
    await discover();
    const pending = await newPending(null);
    pending.state = `again.${pending.state}`;
    const answer = nextAnswer();
    popup.location.replace(await authorizationUrl(pending, null));
    const account = await redeem(new URL(await answer), pending);
    remember(true);
    return account;
  } catch {
    return null;
  }
}

/** False, and nothing has changed, when the authority cannot be reached: it would let the next person at this device in. */
export async function signOut() {
  try {
    await discover(AbortSignal.timeout(answerWithin));
  } catch {
    return false;
  }
  const idToken = tokens?.idToken;
  tokens = null;
  remember(false);
  if (!server.end_session_endpoint) {
    location.assign(base);
    return true;
  }
  const url = new URL(server.end_session_endpoint);
  url.searchParams.set("client_id", config.clientId);
  url.searchParams.set("post_logout_redirect_uri", base + "authentication/logout-callback");
  if (idToken) {
    url.searchParams.set("id_token_hint", idToken);
  }
  location.assign(url);
  return true;
}

/** A token that lasts for the next request. */
export async function accessToken() {
  if (tokens && (tokens.expiresAt - Date.now() > renewBefore)) {
    return { token: tokens.access, offline: false };
  }
  if (!tokens?.refresh) {
    return tokens && tokens.expiresAt > Date.now() ? { token: tokens.access, offline: false } : over();
  }
  // A refresh token is good for one use: requests at the same time share one renewal.
  renewal ??= renew().finally(() => { renewal = null; });
  return await renewal;
}

async function renew() {
  try {
    const response = await oauth.refreshTokenGrantRequest(server, client(), oauth.None(), tokens.refresh, insecure());
    keep(await oauth.processRefreshTokenResponse(server, client(), response));
    return { token: tokens.access, offline: false };
  } catch (error) {
    const refused = error instanceof oauth.ResponseBodyError;
    if (!refused && tokens.expiresAt > Date.now()) {
      return { token: tokens.access, offline: false };
    }
    return refused ? over() : { token: null, offline: true };
  }
}

/** The API did not take this token. */
export function refused(token) {
  if (tokens?.access === token) {
    over();
  }
}

function over() {
  tokens = null;
  page?.invokeMethodAsync("OnExpired");
  return { token: null, offline: false };
}

async function redeem(url, pending) {
  const parameters = oauth.validateAuthResponse(server, client(), url, pending.state);
  const response = await oauth.authorizationCodeGrantRequest(
    server, client(), oauth.None(), parameters, redirectUri(), pending.verifier, insecure());
  const result = await oauth.processAuthorizationCodeResponse(
    server, client(), response, { expectedNonce: pending.nonce, requireIdToken: true });
  const claims = oauth.getValidatedIdTokenClaims(result);
  keep(result);
  return { subject: claims.sub, name: claims.name ?? claims.preferred_username ?? claims.email ?? null };
}

function keep(result) {
  tokens = {
    access: result.access_token,
    refresh: result.refresh_token ?? tokens?.refresh ?? null,
    idToken: result.id_token ?? tokens?.idToken ?? null,
    expiresAt: Date.now() + (result.expires_in ?? 300) * 1000,
  };
}

async function leave(returnTo, prompt) {
  const pending = await newPending(returnTo);
  sessionStorage.setItem(pendingKey, JSON.stringify(pending));
  location.assign(await authorizationUrl(pending, prompt));
  // Whoever waits for us must not go on: the page is about to go.
  await new Promise(() => {});
}

async function newPending(returnTo) {
  return {
    returnTo, state: oauth.generateRandomState(), nonce: oauth.generateRandomNonce(), verifier: oauth.generateRandomCodeVerifier(),
  };
}

function takePending() {
  const text = sessionStorage.getItem(pendingKey);
  sessionStorage.removeItem(pendingKey);
  return text ? JSON.parse(text) : null;
}

async function authorizationUrl(pending, prompt) {
  const url = new URL(server.authorization_endpoint);
  const parameters = {
    client_id: config.clientId,
    redirect_uri: redirectUri(),
    response_type: "code",
    scope: config.scope,
    state: pending.state,
    nonce: pending.nonce,
    code_challenge: await oauth.calculatePKCECodeChallenge(pending.verifier),
    code_challenge_method: "S256",
    ui_locales: document.documentElement.lang,
    ...(prompt ? { prompt } : {}),
  };
  Object.entries(parameters).forEach(([name, value]) => url.searchParams.set(name, value));
  return url.href;
}

// The address the window was called back at, which boot.js sends. Whether that window is still open cannot be known:
// the authority's page may cut the tie. A window that was closed is answered by the next try, which replaces this one.
let giveUp = () => {};
function nextAnswer() {
  giveUp();
  return new Promise((resolve, reject) => {
    const channel = new BroadcastChannel(channelName);
    giveUp = () => { channel.close(); reject(new Error("replaced")); };
    channel.onmessage = message => { channel.close(); resolve(message.data); };
  });
}

/** Once; with a signal again, past every cache. */
async function discover(signal = null) {
  if (server && !signal) {
    return;
  }
  const answer = await fetch(new URL("/api/client-config", base), { cache: "no-store", signal });
  if (!answer.ok) {
    throw new Error(`client-config: ${answer.status}`);
  }
  config = await answer.json();
  const issuer = new URL(config.authority);
  const response = await oauth.discoveryRequest(issuer, {
    algorithm: "oidc", signal: signal ?? undefined, ...insecure(), [oauth.customFetch]: (url, options) => fetch(url, { ...options, cache: "no-store" }),
  });
  server = await oauth.processDiscoveryResponse(issuer, response);
}

// Plain HTTP is for an authority on this machine; the API hands out no other without TLS.
function insecure() {
  return { [oauth.allowInsecureRequests]: new URL(config.authority).protocol === "http:" };
}

function client() {
  return { client_id: config.clientId };
}

function redirectUri() {
  return base + "authentication/login-callback";
}

// Says only that a session may exist, nothing about whose.
function remember(signedIn) {
  if (signedIn) {
    sessionStorage.setItem(wasSignedInKey, "1");
  } else {
    sessionStorage.removeItem(wasSignedInKey);
  }
}
