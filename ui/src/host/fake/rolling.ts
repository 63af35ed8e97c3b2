import type {
  DryRunRow,
  InstanceChoices,
  Recycling,
  RootFolder,
  RuleSet,
  ShowRow,
  StorageFloor,
  ViewerForecast,
} from "../../bindings/wire";
import { library } from "./library";

const DAY = 86_400_000;
const SONARR = 2;
const SONARR_4K = 3;
const INSTANCES: Readonly<Record<number, string>> = { [SONARR]: "Sonarr", [SONARR_4K]: "Sonarr 4K" };

const iso = (moment: number) => new Date(moment).toISOString();

/** Where the viewers of a show are headed; who has watched little cannot be told. */
export function forecasts(entries: ShowRow[]): ViewerForecast[] {
  return entries.map((row, index) => {
    const viewer = row.viewer ?? "?";
    const known = index === 0;
    return {
      viewer,
      viewerKey: row.viewerKey ?? "",
      pace: known ? "two episodes an evening, every two days" : null,
      sentence: known ? `${viewer} has four episodes left and runs out on 8 March` : null,
      episodesAhead: known ? 4 : null,
    };
  });
}

export function recycling(instance: string): Recycling {
  return instance === "Sonarr"
    ? { kind: "freedAtOnce", days: null, sentence: "The space is free at once." }
    : {
        kind: "freedAfter",
        days: 7,
        sentence: "The files go to Sonarr's recycle bin, and the space is free after 7 days.",
      };
}

export function ruleSet(now: number): RuleSet {
  return {
    rules: [
      {
        name: "Anime",
        madeAt: iso(now - 40 * DAY),
        instance: null,
        combination: "any",
        conditions: [
          { field: "seriesType", anyOf: ["anime"] },
          { field: "genre", anyOf: ["Anime", "Animation"] },
        ],
        outcome: "firstSeasonRolling",
      },
      {
        name: "Old dramas",
        madeAt: iso(now - 3 * DAY),
        instance: SONARR,
        combination: "all",
        conditions: [
          { field: "genre", anyOf: ["Drama"] },
          { field: "year", from: null, to: 2009 },
          { field: "qualityProfile", anyOf: [4] },
        ],
        outcome: "standard",
      },
    ],
    defaults: [{ instance: SONARR_4K, madeAt: iso(now - 12 * DAY), outcome: "pilotRolling" }],
  };
}

export const CHOICES: InstanceChoices[] = [
  {
    instance: SONARR,
    tags: ["cliffhangarr-keep", "kids"],
    qualityProfiles: [
      { id: 1, name: "Any" },
      { id: 4, name: "HD-1080p" },
    ],
    rootFolders: ["/tv", "/kids"],
    genres: ["Animation", "Anime", "Comedy", "Crime", "Drama"],
    networks: ["BBC One", "HBO", "Netflix"],
    originalLanguages: ["English", "Japanese"],
  },
];

/** The first rule matches every third series, the second every fourth of the rest. */
export function dryRun(rules: RuleSet, rows: ShowRow[]): DryRunRow[] {
  return Object.entries(INSTANCES).flatMap(([id, name]) =>
    library(name, rows).map((series, index): DryRunRow => {
      const instance = Number(id);
      const rule = index % 3 === 0 ? 0 : index % 4 === 1 ? 1 : null;
      const matched = rule === null ? undefined : rules.rules[rule];
      const fallback = rules.defaults.find((one) => one.instance === instance);
      return {
        instance,
        series: series.series,
        title: series.title,
        rule: matched ? rule : null,
        outcome: matched?.outcome ?? fallback?.outcome ?? null,
        applies: false,
        enrolled: series.enrolled !== null,
      };
    }),
  );
}

export function rootFolders(floors: StorageFloor[]): RootFolder[] {
  const folders = [
    { instance: SONARR, path: "/kids", free: 1_840_000_000_000 },
    { instance: SONARR, path: "/tv", free: 212_400_000_000 },
  ];
  return folders.map((folder) => {
    const floor =
      floors.find((one) => one.instance === folder.instance && one.rootFolder === folder.path) ?? null;
    return { ...folder, floor, short: floor !== null && folder.free < floor.beginsBelow };
  });
}
