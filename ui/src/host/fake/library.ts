import type { LibrarySeries, MonitoringType, ShowRow } from "../../bindings/wire";
import { Dice } from "./random";

const MINUTE = 60_000;
const DAY = 86_400_000;

export const TITLES = [
  "Harbor Lights",
  "The Long Thaw",
  "Paper Kingdoms",
  "Night Ferry",
  "Salt & Stone",
  "Orbital",
  "A Quiet Ward",
  "Cartographers",
  "Low Season",
  "The Understudies",
  "Copperhead Creek",
  "Second Assembly",
] as const;

export const VIEWERS = ["Alice", "Bob", "Carol", "Grandma", "Dave"] as const;
const TYPES: readonly MonitoringType[] = ["pilotRolling", "firstSeasonRolling", "allSeasonPilotRolling"];

/** Master records with their tracking entries, as somebody's household might have them. */
export function rollingShows(count: number, now: number): ShowRow[] {
  const dice = new Dice(7);
  const rows: ShowRow[] = [];
  for (let index = 0; index < count; index += 1) {
    const turn = Math.floor(index / TITLES.length);
    const title = `${TITLES[index % TITLES.length]}${turn > 0 ? ` ${turn + 1}` : ""}`;
    const inactive = index % 4 === 3;
    const type = TYPES[index % 3] as MonitoringType;
    const season = inactive ? 3 : 1 + dice.below(4);
    const age = inactive ? (9 + dice.below(30)) * DAY : dice.below(5 * 24 * 60) * MINUTE;
    const master: ShowRow = {
      id: index + 1,
      masterId: index + 1,
      title,
      instance: index % 5 === 4 ? "Sonarr 4K" : "Sonarr",
      sonarrSeriesId: 100 + index,
      tvdbId: 300_000 + index,
      monitoringType: type,
      viewer: null,
      viewerKey: null,
      currentMonitoredSeason: season,
      lastWatchedSeason: season,
      lastWatchedEpisode: 1 + dice.below(10),
      lastUpdatedAt: new Date(now - age).toISOString(),
      inactive,
      keepShow: index % 9 === 5,
      keepSeasons: index % 6 === 1 ? [1] : [],
    };
    rows.push(master);
    const viewers = index % 7 === 6 ? 0 : 1 + dice.below(3);
    for (let viewer = 0; viewer < viewers; viewer += 1) {
      const account = (index + viewer) % VIEWERS.length;
      rows.push({
        ...master,
        id: 10_000 + index * 10 + viewer,
        viewer: VIEWERS[account] as string,
        viewerKey: `1/${account}`,
        lastWatchedSeason: Math.max(1, season - (viewer > 0 ? 1 : 0)),
        lastWatchedEpisode: 1 + dice.below(10),
        lastUpdatedAt: new Date(now - age - viewer * 3 * DAY).toISOString(),
        keepShow: false,
        keepSeasons: [],
      });
    }
  }
  return rows;
}

/** What an instance holds. */
export function library(instance: string, rows: readonly ShowRow[]): LibrarySeries[] {
  const dice = new Dice(instance.length);
  const enrolled = new Map(
    rows.filter((row) => row.viewer === null && row.instance === instance).map((row) => [row.title, row]),
  );
  const more = ["The Glasshouse", "Tidewater", "Nine Bridges", "Halfway Home", "Ember Street", "Polar Line"];
  return [...enrolled.keys(), ...more]
    .sort((one, other) => one.localeCompare(other))
    .map((title, index) => ({
      series: enrolled.get(title)?.sonarrSeriesId ?? 500 + index,
      title,
      year: 2012 + dice.below(13),
      tvdbId: 310_000 + index,
      status: dice.below(2) === 0 ? "ended" : "continuing",
      monitored: true,
      seasons: 1 + dice.below(7),
      enrolled: enrolled.get(title)?.monitoringType ?? null,
    }));
}
