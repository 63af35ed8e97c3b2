import type {
  ConnectionState,
  MonitoringType,
  Outlook,
  OutlookRow,
  PendingConfirmation,
  Settings,
  ShowRow,
} from "../../bindings/wire";

const DAY = 86_400_000;
const GIGABYTE = 1_000_000_000;
const BASELINES: Record<MonitoringType, string> = {
  pilotRolling: "the pilot",
  firstSeasonRolling: "the first season",
  allSeasonPilotRolling: "the first episode of every season",
};
const written = new Intl.DateTimeFormat("en-GB", { day: "numeric", month: "long" });

interface Household {
  rows: ShowRow[];
  settings: Settings;
  connections: ConnectionState[];
  confirmations: PendingConfirmation[];
  now: number;
}

const iso = (moment: number) => new Date(moment).toISOString();
const day = (moment: number) => written.format(moment);

/** What becomes of the shows of a household, or of one of them. */
export function outlook(household: Household, show: number | null): Outlook {
  const down = new Set(
    household.connections
      .filter((one) => one.kind === "sonarr" && one.health !== "ok")
      .map((one) => one.name),
  );
  const masters = household.rows.filter(
    (row) =>
      row.viewer === null && (show === null || row.id === show) && !(show === null && down.has(row.instance)),
  );
  const rows = masters.flatMap((master) => rowsOf(master, household));
  if (show === null) {
    for (const instance of down) {
      const lost = household.rows.filter((row) => row.viewer === null && row.instance === instance).length;
      if (lost > 0) rows.push([[0, ""], unknown(instance, lost)]);
    }
  }
  const order = ([[group, at], row]: Placed) => `${group} ${at} ${row.title.toLowerCase()}`;
  rows.sort((one, other) => (order(one) < order(other) ? -1 : order(one) > order(other) ? 1 : 0));
  return { notes: notes(household.settings), rows: rows.map(([, row]) => row), atBaseline: 0 };
}

/** A row with where it stands in the list. */
type Placed = [[number, string], OutlookRow];

function notes(settings: Settings): string[] {
  const said = [];
  if (settings.dryRun) {
    said.push("Dry run is switched on: what would go is only written into the journal.");
  }
  if (!settings.enableProgressiveCleanup) {
    said.push("Progressive cleanup is switched off: seasons go with their shows.");
  }
  return said;
}

function place(row: OutlookRow): [number, string] {
  const groups = { unknown: 0, waiting: 1, underWay: 2, free: 3, freeAt: 4, kept: row.at === null ? 5 : 4 };
  return [groups[row.standing], row.at ?? "-"];
}

function rowsOf(master: ShowRow, household: Household): Placed[] {
  const viewers = household.rows.filter((row) => row.viewer !== null && row.masterId === master.id);
  const whole = wholeShow(master, viewers, household);
  const seasons = Array.from({ length: master.currentMonitoredSeason }, (_, index) =>
    ofSeason(master, index + 1, whole, household),
  );
  const byThemselves = seasons.filter((season) => !season.withShow && season.at !== null);
  whole.files = Math.max(0, 12 * seasons.length - sum(byThemselves, (season) => season.files));
  whole.bytes = whole.files * 2 * GIGABYTE;
  return [whole, ...seasons].map((row) => [place(row.withShow ? whole : row), row]);
}

function sum(rows: OutlookRow[], part: (row: OutlookRow) => number): number {
  return rows.reduce((all, row) => all + part(row), 0);
}

function wholeShow(master: ShowRow, viewers: ShowRow[], household: Household): OutlookRow {
  const { settings, now } = household;
  const last = new Date(master.lastUpdatedAt).getTime();
  const back = `Back to ${BASELINES[master.monitoringType]}`;
  const viewer = viewers[0]?.viewer ?? "Somebody";
  const row: OutlookRow = {
    show: master.id,
    title: master.title,
    instance: master.instance,
    season: null,
    standing: "kept",
    at: null,
    reason: null,
    sentence: "",
    files: 0,
    bytes: 0,
    lastViewed: master.lastUpdatedAt,
    withShow: false,
    keepShow: master.keepShow,
    keepSeason: false,
    askedFirst: false,
    confirmation: null,
    viewers:
      viewers.length > 0 ? [`${viewer} has four episodes left and runs out on ${day(now + 4 * DAY)}`] : [],
  };
  const pending = household.confirmations.find((one) => one.shows.includes(master.title));
  if (master.keepShow) {
    return { ...row, reason: "protected", sentence: 'Kept: the show is marked "keep"' };
  }
  if (pending && master.inactive) {
    const sentence = `Waits for your word: Nobody has watched it since ${day(last)}: ${back.toLowerCase()}`;
    return { ...row, standing: "waiting", reason: "needsConfirmation", confirmation: pending.id, sentence };
  }
  if (!settings.enableAutoReset) {
    return { ...row, reason: "switchedOff", sentence: "Kept: the automatic reset is switched off" };
  }
  if (viewers.length === 0) {
    const sentence = "Kept: nobody has watched it since it was enrolled, and what is there was there before";
    return { ...row, reason: "neverExpanded", sentence };
  }
  if (master.inactive) {
    const sentence = `${back} now: nobody has watched it since ${day(last)}`;
    return { ...row, standing: "free", at: iso(now), sentence };
  }
  const at = last + settings.inactivityResetDays * DAY;
  const sentence = `${back} on ${day(at)}: ${viewer} watched it on ${day(last)}`;
  return { ...row, standing: "freeAt", at: iso(at), sentence, askedFirst: master.id % 6 === 1 };
}

function ofSeason(master: ShowRow, season: number, whole: OutlookRow, household: Household): OutlookRow {
  const { settings, now } = household;
  const row: OutlookRow = {
    ...whole,
    season,
    standing: "kept",
    at: null,
    files: 8 + season,
    bytes: (8 + season) * 2_100_000_000,
    lastViewed: null,
    withShow: true,
    keepSeason: master.keepSeasons.includes(season),
    askedFirst: false,
    confirmation: null,
    viewers: [],
  };
  const withShow = whole.at === null ? "" : `; it goes with the show on ${day(Date.parse(whole.at))}`;
  if (master.keepShow) {
    return { ...row, reason: "protected", sentence: `Season ${season} kept: the show is marked "keep"` };
  }
  if (row.keepSeason) {
    const sentence = `Season ${season} kept: the season is marked "keep"`;
    return { ...row, reason: "protected", withShow: false, sentence };
  }
  if (!settings.enableProgressiveCleanup) {
    const goes = whole.at !== null;
    const on = goes ? `goes with the show on ${day(Date.parse(whole.at ?? ""))}` : "stays with the show";
    const standing = goes ? "freeAt" : "kept";
    return { ...row, standing, at: whole.at, sentence: `Season ${season} ${on}` };
  }
  const current = master.currentMonitoredSeason;
  if (season === current) {
    const sentence = `Season ${season} kept: Bob watched S0${season}E04 two days ago${withShow}`;
    return {
      ...row,
      at: whole.at,
      reason: "seasonNeeded",
      sentence,
      withShow: whole.at !== null,
      lastViewed: iso(now - 2 * DAY),
    };
  }
  if (season === current - 1) {
    const sentence = `Season ${season} on ${day(now + 3 * DAY)}: Alice watched S0${season}E10 on ${day(now - 4 * DAY)}`;
    const times = { at: iso(now + 3 * DAY), lastViewed: iso(now - 4 * DAY) };
    return { ...row, ...times, standing: "freeAt", reason: null, withShow: false, sentence };
  }
  const sentence = `Season ${season} now: everybody who is watching is in season ${current - 1} or later`;
  return {
    ...row,
    standing: "free",
    at: iso(now),
    reason: null,
    withShow: false,
    sentence,
    lastViewed: iso(now - 20 * DAY),
  };
}

function unknown(instance: string, shows: number): OutlookRow {
  const what = shows === 1 ? "it" : `${shows} shows`;
  return {
    show: null,
    title: instance,
    instance,
    season: null,
    standing: "unknown",
    at: null,
    reason: "instanceUnavailable",
    sentence: `What becomes of ${what} is not known. The server cannot be reached (connection refused). Check that it is running, and its address.`,
    files: 0,
    bytes: 0,
    lastViewed: null,
    withShow: false,
    keepShow: false,
    keepSeason: false,
    askedFirst: false,
    confirmation: null,
    viewers: [],
  };
}
