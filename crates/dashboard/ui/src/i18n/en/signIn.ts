import type * as es from "../es/signIn";

export const signIn: typeof es.signIn = {
  title: "Sign in",
  username: "Username",
  password: "Password",
  device: "This device is called",
  deviceWhy: "So that you recognise it in your list of sessions.",
  wrong: "Username or password is not right. Check both and try again.",
  ended: "The session has ended. Sign in again and you come back to this very view, with what you typed.",
  endedPlain: "The session has ended. Sign in again and you come back to this very view.",
  elsewhere: "Your session was ended from another place or by your administrator.",
  locked: "Too many attempts",
  lockedUntil: (time) => `Signing in from this device is paused. It opens by itself at ${time}.`,
  forgotten: "Forgot the password? Your bank's administrator gives you a temporary one.",
  promise: "Only your bank sees its accounts. Every sign-in is on record.",
  motto: "How many followers, on what date, and how sure we are.",
};

export const password: typeof es.password = {
  forcedTitle: "Choose your password",
  forcedWhy: (username) =>
    `Somebody else set the password of ${username}. Choose one that only you know; then you are in at once.`,
  current: "Current password",
  next: "New password",
  again: "New password, once more",
  rules:
    "Easiest: a phrase of 15 letters or more. A shorter one (8 at least) has an upper-case and a lower-case letter, a digit and a sign.",
  different: "The two are not equal.",
  change: "Change the password",
  changed: "Password changed. Your other sessions were ended.",
};

export const session: typeof es.session = {
  endsSoon: "Your session is about to end",
  idleWhy: "For safety it closes when nobody uses it. What you typed is kept.",
  absoluteWhy: "Every session has an end. Sign in again when it suits you; what you typed is kept.",
  goOn: "Continue",
  later: "Later",
  signInAgain: "Sign in again",
  renewed: "Session renewed",
  notRenewed: "The session could not be renewed. Check your connection.",
  minutesLeft: (minutes) => (minutes === 1 ? "1 minute left" : `${minutes} minutes left`),
};

export const insecure: typeof es.insecure = {
  title: "This page needs HTTPS",
  why: "The address that you opened does not begin with https: the connection is not encrypted. Over it your password and your bank's data could be read on the way, and the browser keeps no session.",
  tryIt: "Try the same address by HTTPS:",
  ask: "If it does not open, ask whoever runs the platform for the right address.",
  operator: "For whoever runs the platform",
  operatorDo:
    "Give the server a TLS certificate, or put one in front that has it, as the deployment guide explains (docs/deployment.md), and hand out the address that begins with https.",
  operatorTry: "To try it on the server's own machine, it is enough to open it there by the name localhost.",
};
