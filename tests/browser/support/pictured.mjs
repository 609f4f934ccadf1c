// Accounts for the pictures of the documents: their numbers are invented, and depend on nothing but the day.
import { daysAgo } from "./series.mjs";

const ACCOUNTS = [
  { cuenta: "interbank_joven", nombre: "Interbank Joven", plataforma: "TikTok", start: 205_000, growth: 165, last: 1 },
  {
    cuenta: "interbank_benefit",
    nombre: "Interbank Benefit",
    plataforma: "Instagram",
    start: 143_000,
    growth: 76,
    last: 8,
  },
  {
    cuenta: "interbank_pymes",
    nombre: "Interbank Pymes",
    plataforma: "Instagram",
    start: 33_000,
    growth: 50,
    last: 11,
  },
];
/** Of readings, one a day. */
const DAYS = 420;
/** So much more than any day before brings the last one of the account that attracts attention. */
const JUMP = { cuenta: "interbank_joven", followers: 380 };
const TRAINED = ["interbank_joven", "interbank_benefit"];
const HEADER = "fecha,seguidores";

/** Between 0 and 1, always the same for the same number. */
const chance = (number) => {
  const wave = Math.sin(number * 12.9898) * 43_758.5453;
  return wave - Math.floor(wave);
};

/** Day and followers, until so many days ago: a weekly rhythm, slower and faster weeks, and chance. */
function readings({ start, growth, last }) {
  let followers = start;
  return Array.from({ length: DAYS }, (_, at) => {
    const ago = DAYS - 1 - at + last;
    const week = 1 + 0.35 * Math.sin((at / 7) * 2 * Math.PI) + 0.2 * Math.sin(at / 37);
    followers += Math.round(growth * week * (0.5 + chance(at + start)));
    return [daysAgo(ago), followers];
  });
}

const csv = (rows) => [HEADER, ...rows.map((row) => row.join(","))].join("\n");

export async function addAccounts(client) {
  for (const { cuenta, nombre, plataforma, ...course } of ACCOUNTS) {
    await client.ok("POST", "/accounts", { cuenta, nombre, plataforma });
    const rows = readings(course);
    const later = cuenta === JUMP.cuenta ? rows.splice(-1) : [];
    await client.ok("POST", `/accounts/${cuenta}/observations`, csv(rows));
    if (TRAINED.includes(cuenta)) await client.ok("POST", "/regression/train", { username: cuenta });
    const jumped = later.map(([day, followers]) => [day, followers + JUMP.followers]);
    if (jumped.length > 0) await client.ok("POST", `/accounts/${cuenta}/observations`, csv(jumped));
  }
}

/** A file with days that are new, days that were corrected, and three lines that somebody has to look at. */
export function uploadOf(cuenta) {
  const { last, ...course } = ACCOUNTS.find((account) => account.cuenta === cuenta);
  const rows = readings({ ...course, last }).slice(-120);
  let followers = rows.at(-1)[1];
  for (let ago = last - 1; ago >= 1; ago -= 1) rows.push([daysAgo(ago), (followers += 40 + (ago % 5) * 6)]);
  for (let at = 58; at < 69; at += 1) rows[at][1] += 420 + Math.round(260 * chance(at));
  const [letter, date, minus] = [33, 70, 117];
  rows[letter][1] = String(rows[letter][1]).replace(/^(.)./, "$1l");
  rows[date][0] = rows[date][0].replace(/-(\d\d)-(\d\d)$/, "-31-$1");
  rows[minus][1] = -rows[minus][1];
  return { name: `${cuenta.replace("interbank_", "")}.csv`, mimeType: "text/csv", buffer: Buffer.from(csv(rows)) };
}
