import type { AppState, ConnectionState, Settings, SettingsView } from "../../bindings/wire";

const MINUTE = 60_000;

export const SCENARIOS = ["busy", "quiet", "empty", "lockedKeyring", "large"] as const;
export type Scenario = (typeof SCENARIOS)[number];

export function isScenario(name: string | null): name is Scenario {
  return SCENARIOS.some((scenario) => scenario === name);
}

const iso = (moment: number) => new Date(moment).toISOString();

export const SETTINGS: Settings = {
  enabled: true,
  pollingIntervalMinutes: 15,
  remainingEpisodes: 2,
  filterUsers: [],
  enableAutoReset: true,
  inactivityResetDays: 7,
  autoResetIntervalHours: 24,
  enableProgressiveCleanup: false,
  progressiveCleanupAtOnce: false,
  standardMonitoring: true,
  dryRun: false,
  protectTag: "cliffhangarr-keep",
  confirmAbovePercent: 50,
  eveningsAhead: 0,
  notifySearches: true,
  notifyDeletions: true,
  notifyTrouble: true,
};

export function settingsView(settings: Settings, held: string[]): SettingsView {
  return {
    settings,
    heldByEnvironment: held,
    warnings: [],
    ranges: {
      pollingIntervalMinutes: { min: 1, max: 1440 },
      remainingEpisodes: { min: 1, max: 10 },
      inactivityResetDays: { min: 1, max: 365 },
      autoResetIntervalHours: { min: 1, max: 168 },
      confirmAbovePercent: { min: 1, max: 100 },
      eveningsAhead: { min: 0, max: 14 },
    },
  };
}

function connections(now: number): ConnectionState[] {
  const healthy = { health: "ok", trouble: null, lastContact: iso(now - 20_000) } as const;
  return [
    {
      ...healthy,
      id: 1,
      name: "Plex",
      kind: "plex",
      url: "http://192.168.1.10:32400",
      serverName: "Living room NAS",
      version: "1.41.3.9314",
      eventsUp: true,
    },
    {
      ...healthy,
      id: 2,
      name: "Sonarr",
      kind: "sonarr",
      url: "http://192.168.1.10:8989",
      serverName: "Sonarr",
      version: "4.0.11.2680",
      eventsUp: false,
    },
    {
      id: 3,
      name: "Sonarr 4K",
      kind: "sonarr",
      url: "https://nas.example/sonarr4k",
      health: "unreachable",
      trouble: "It does not answer since 19:40. Check that it is running; it is asked again in 4 minutes.",
      serverName: "Sonarr",
      version: "4.0.11.2680",
      eventsUp: false,
      lastContact: iso(now - 46 * MINUTE),
    },
  ];
}

/** The state of a household at some moment. */
export function household(scenario: Scenario, now: number): AppState {
  const empty: AppState = {
    revision: 1,
    appVersion: "0.1.0",
    activity: "paused",
    statusLine: "Connect a media server to begin",
    monitoring: { kind: "off" },
    kinds: ["plex", "jellyfin", "emby", "tautulli", "sonarr"],
    connections: [],
    nowPlaying: [],
    secrets: { kind: "ready", place: "the system keyring" },
    confirmations: [],
    warnings: [],
    lastCycle: null,
    journalRevision: 0,
    showsRevision: 0,
  };
  if (scenario === "empty") return empty;
  if (scenario === "lockedKeyring") {
    const advice =
      "Unlock it, for example by signing in again, and try once more. Until then no server can be asked.";
    return {
      ...empty,
      activity: "attention",
      statusLine: "Monitoring is switched off",
      connections: connections(now).map((one) => ({
        ...one,
        health: "unknown",
        trouble: null,
        eventsUp: false,
      })),
      secrets: { kind: "locked", advice },
    };
  }
  const base: AppState = {
    ...empty,
    activity: "idle",
    statusLine: "Nobody is watching",
    monitoring: { kind: "on" },
    connections: connections(now),
    lastCycle: { at: iso(now - 2 * MINUTE), processed: 3, triggered: 1, errors: 0 },
  };
  if (scenario === "quiet") return { ...base, connections: base.connections.slice(0, 2) };
  return {
    ...base,
    activity: "attention",
    statusLine: "A big cleanup waits for your confirmation",
    nowPlaying: [
      {
        server: "Plex",
        viewerName: "Alice",
        title: "Harbor Lights",
        position: "S02E08",
        episodeTitle: "The Breakwater",
        device: "Living room TV",
        paused: false,
        viewOffsetMs: 23 * MINUTE,
        durationMs: 47 * MINUTE,
        verdict: { reason: "nextSeason", detail: "Near the end of season 2: season 3 is searched." },
      },
      {
        server: "Plex",
        viewerName: "Bob",
        title: "The Long Thaw",
        position: "S01E05",
        episodeTitle: "Meltwater",
        device: "Pixel 9",
        paused: true,
        viewOffsetMs: 8 * MINUTE,
        durationMs: 52 * MINUTE,
        verdict: { reason: "notNearEnd", detail: "Not near the end: 5 episodes left." },
      },
      {
        server: "Plex",
        viewerName: "Grandma",
        title: "Night Ferry",
        position: null,
        episodeTitle: null,
        device: "Bedroom",
        paused: false,
        viewOffsetMs: 61 * MINUTE,
        durationMs: 118 * MINUTE,
        verdict: { reason: "notAnEpisode", detail: "A film; only episodes are followed." },
      },
    ],
    confirmations: [
      {
        id: 1,
        summary: "3 shows would lose 42 files.",
        files: 42,
        bytes: 91_300_000_000,
        shows: ["Night Ferry", "Cartographers", "Second Assembly"],
        instances: ["Sonarr"],
        askedAt: iso(now - 95 * MINUTE),
      },
    ],
    warnings: [
      {
        code: "noRecycleBin",
        message:
          "Sonarr has no recycle bin: files that are deleted are gone. Set one under Settings › Media Management.",
      },
    ],
  };
}
