import type { Action, JournalEntry, Origin, Outcome, ReasonCode } from "../../bindings/wire";
import { TITLES, VIEWERS } from "./library";
import { Dice } from "./random";

interface Sort {
  reason: ReasonCode;
  outcome: Outcome;
  origin: Origin;
  detail: (viewer: string, season: number, episode: number) => string;
  actions?: (season: number) => Action[];
  note?: string;
}

const search = (season: number): Action[] => [
  {
    kind: "setMonitoring",
    sentence: `Monitor season ${season}, monitor 10 episodes`,
    episodesOn: 10,
    episodesOff: 0,
  },
  { kind: "searchSeason", sentence: `Search for season ${season}`, season },
];

const remove = (season: number): Action[] => [
  {
    kind: "setMonitoring",
    sentence: `Unmonitor season ${season}, unmonitor 3 episodes`,
    episodesOn: 0,
    episodesOff: 3,
  },
  {
    kind: "deleteFiles",
    sentence: "Delete 3 files (6.3 GB)",
    files: [1, 2, 3].map((episode) => ({
      label: `Season ${season}/S0${season}E0${episode}.mkv`,
      bytes: 2_100_000_000,
    })),
    bytes: 6_300_000_000,
  },
];

const SORTS: readonly Sort[] = [
  {
    reason: "notNearEnd",
    outcome: "nothing",
    origin: "session",
    detail: (_, season, episode) =>
      `Not near the end: ${11 - episode} episodes of season ${season} are left.`,
  },
  {
    reason: "nextSeason",
    outcome: "done",
    origin: "session",
    detail: (viewer, season) =>
      `${viewer} is near the end of season ${season}; season ${season + 1} is searched.`,
    actions: (season) => search(season + 1),
  },
  {
    reason: "tooEarly",
    outcome: "nothing",
    origin: "session",
    detail: () => "Less than 30 seconds were seen.",
  },
  {
    reason: "expansion",
    outcome: "done",
    origin: "session",
    detail: (_, season) => `The rolling show grows by season ${season + 1}.`,
    actions: (season) => search(season + 1),
  },
  {
    reason: "searchedRecently",
    outcome: "nothing",
    origin: "session",
    detail: (_, season) => `Season ${season + 1} was searched 2 days ago.`,
  },
  {
    reason: "notAired",
    outcome: "nothing",
    origin: "session",
    detail: (_, season) => `Season ${season + 1} has not aired; it is searched when it has.`,
  },
  {
    reason: "progressiveCleanup",
    outcome: "done",
    origin: "scheduler",
    detail: (viewer, season) => `Season ${season} is behind everybody: ${viewer} watched it 9 days ago.`,
    actions: remove,
  },
  {
    reason: "viewerNotInFilter",
    outcome: "nothing",
    origin: "session",
    detail: (viewer) => `${viewer} is not among the viewers that count.`,
  },
  {
    reason: "nowAired",
    outcome: "owed",
    origin: "reminder",
    detail: (_, season) => `3 episodes of season ${season} have aired.`,
    actions: search,
    note: "Sonarr did not answer; it is tried again in 10 minutes.",
  },
  {
    reason: "beingPlayed",
    outcome: "nothing",
    origin: "scheduler",
    detail: (viewer, season) => `Season ${season} stays: ${viewer} is playing it.`,
  },
  {
    reason: "inactiveReset",
    outcome: "dryRun",
    origin: "scheduler",
    detail: () => "Nobody has watched it for 12 days.",
    actions: remove,
  },
  {
    reason: "instanceUnavailable",
    outcome: "failed",
    origin: "session",
    detail: () => "Sonarr 4K did not answer, so nothing is known of the series there.",
  },
];

/** A row of the journal; the same number always gives the same row. */
export function journalEntry(id: number, at: number): JournalEntry {
  const dice = new Dice(id * 31);
  const sort = dice.below(3) === 0 ? (SORTS[0] as Sort) : dice.pick(SORTS);
  const season = 1 + dice.below(4);
  const episode = 1 + dice.below(10);
  const viewer = dice.pick(VIEWERS);
  return {
    id,
    at: new Date(at).toISOString(),
    origin: sort.origin,
    subject: {
      show: dice.pick(TITLES),
      season,
      episode: sort.origin === "session" ? episode : null,
      viewer: sort.origin === "session" ? viewer : null,
      instance: dice.below(4) === 0 ? "Sonarr 4K" : "Sonarr",
      rollingShow: null,
    },
    reason: sort.reason,
    detail: sort.detail(viewer, season, episode),
    actions: sort.actions?.(season) ?? [],
    outcome: sort.outcome,
    note: sort.note ?? null,
  };
}
