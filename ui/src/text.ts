import type { MonitoringType, Origin, Outcome, Pause, View } from "./bindings/wire";
import { amount, counted, size } from "./format";
import { outlookText } from "./text/outlook";
import { rulesText } from "./text/rules";
import { storageText } from "./text/storage";

const outcomes: Record<Outcome, string> = {
  nothing: "nothing to do",
  planned: "in progress",
  done: "done",
  owed: "owed, will be retried",
  failed: "failed",
  dryRun: "dry run",
  waiting: "waits for you",
  unknown: "unknown",
};

const origins: Record<Origin, string> = {
  session: "a playback session",
  reminder: "a reminder that came due",
  scheduler: "a scheduled pass",
  manual: "your request",
  setting: "a changed setting",
  resume: "work carried on after an interruption",
  unknown: "an unknown cause",
};

const types: Record<MonitoringType, { label: string; about: string }> = {
  pilotRolling: {
    label: "Pilot",
    about: "Starts with the first episode. Watching it fetches the rest of season\u00a01.",
  },
  firstSeasonRolling: {
    label: "First season",
    about: "Starts with season 1. Each next season follows near the end.",
  },
  allSeasonPilotRolling: {
    label: "All pilots",
    about: "Starts with every season’s first episode. Watching one fetches its season.",
  },
};

const pauses: Record<Pause, string> = {
  oneHour: "For 1 hour",
  untilTomorrow: "Until tomorrow",
  untilResumed: "Until I resume it",
};

const views: Record<View, string> = {
  now: "Now",
  journal: "Journal",
  shows: "Rolling shows",
  connections: "Connections",
  settings: "Settings",
};

/** Everything the page says by itself. */
export const text = {
  app: "Cliffhangarr",
  views,
  viewName: (view: View, open: number): string =>
    open > 0 ? `${views[view]}, ${amount(open)} open` : views[view],
  outcomes,
  origins,
  types,
  pauses,
  common: {
    cancel: "Cancel",
    close: "Close",
    retry: "Try again",
    loading: "Loading…",
    back: "Back",
    dismiss: "Dismiss",
    noAnswer: "Cliffhangarr does not answer",
  },
  secrets: {
    locked: "The keyring is locked",
    unavailable: "No keyring was found",
    retry: "Retry",
  },
  now: {
    watching: "Monitoring is on",
    paused: "Paused",
    pausedUntil: (until: string) => `Paused until ${until}`,
    off: "Monitoring is off",
    attention: "Needs your attention",
    working: "Working",
    switch: "Monitoring",
    check: "Check now",
    pause: "Pause",
    resume: "Resume",
    playing: "Playing now",
    offAbout: "Switch it on, and Cliffhangarr follows what is played.",
    pausedAbout: "It goes on by itself, or as soon as you resume it.",
    heldAbout: "It goes on when you resume it.",
    nobody: "Nobody is watching",
    unseen: "Not looking at present",
    unseenAbout: "Until monitoring is on, it is not known what is played.",
    nobodyOn: "As soon as somebody plays an episode, it shows up here.",
    waiting: "Waits for your word",
    confirm: (files: number) => `Delete ${counted(files, "file")}`,
    dismiss: "Leave them",
    warnings: "Worth knowing",
    undecided: "Looking at it…",
    heldOn: "Held by the environment variable plexSessionMonitoring.",
    lastCycle: (when: string, sessions: number, searches: number) =>
      `Last check ${when}: ${counted(sessions, "session")}, ${searches === 0 ? "no search" : counted(searches, "search", "searches")}`,
    lastErrors: (errors: number) => counted(errors, "problem"),
    noCycle: "No check yet",
    checked: (sessions: number, searches: number, errors: number) =>
      `Checked ${counted(sessions, "session")}, ${searches === 0 ? "nothing to search" : `${counted(searches, "search", "searches")} sent`}` +
      (errors > 0 ? `, ${counted(errors, "problem")}` : ""),
    pausedItem: "paused",
    on: (device: string) => `on ${device}`,
  },
  start: {
    title: "Three steps to the next episode",
    lead: "Cliffhangarr watches what is played on your media server, and has Sonarr fetch what comes next.",
    media: "Connect a media server",
    mediaAbout:
      "Plex, Jellyfin or Emby, with its address and token or key, so that playback sessions can be seen.",
    sonarr: "Connect Sonarr",
    sonarrAbout: "Its address and API key, so that the next season can be searched.",
    on: "Switch monitoring on",
    onAbout: "Nothing is searched or changed before you do.",
    done: "done",
  },
  journal: {
    filter: "Filter the journal",
    onlyActions: "Only actions",
    empty: "Nothing has been decided yet",
    emptyAbout:
      "Every session that is looked at leaves a line here, with the reason, also when nothing was done.",
    noMatch: "Nothing matches",
    noMatchAbout: "Try other words, or show all decisions.",
    because: (origin: string) => `Because of ${origin}`,
    actions: (count: number) => counted(count, "action"),
    more: "Loading older entries…",
    general: "Cliffhangarr",
  },
  shows: {
    all: "All",
    inactive: "Inactive",
    filter: "Filter shows",
    enroll: "Enroll shows…",
    columns: { title: "Show", type: "Type", season: "Season", activity: "Last activity", actions: "Actions" },
    season: (season: number) => (season === 0 ? "Pilots" : `Season ${season}`),
    inactiveBadge: "inactive",
    keptBadge: "kept",
    viewers: (count: number) => (count === 0 ? "nobody yet" : counted(count, "viewer")),
    trackingOnly: "Tracking only",
    nobodyYet: "Nobody has watched it since it was enrolled or reset.",
    seasons: "Seasons",
    keepWhole: "Keep the whole show",
    keepShort: "Keep",
    nothingBeyond: "nothing beyond its baseline",
    cleanupOff:
      "Progressive cleanup is switched off: seasons stay until the show is reset, or a disk runs short of the space you want to be left.",
    ready: (inTime: number, all: number) =>
      `The next episode was there in time in ${amount(inTime)} of ${counted(all, "expansion")}`,
    readyAbout: (days: number) => `Expansions of the last ${counted(days, "day")}`,
    keepSeason: (season: number) => `Keep season ${season}`,
    reset: "Reset",
    remove: "Remove",
    keep: "Keep",
    unkeep: "No longer keep",
    of: (action: string, title: string) => `${action} ${title}`,
    expand: (title: string) => `Viewers and seasons of ${title}`,
    unconnected: "No Sonarr to enroll shows of",
    unconnectedAbout:
      "Rolling shows are series of a Sonarr: they start small and grow with whoever watches them. Connect one first.",
    empty: "No rolling shows yet",
    emptyAbout:
      "A rolling show starts small and grows with whoever watches it. Enroll series of your Sonarr to let them roll.",
    noneInactive: "No inactive shows",
    noneInactiveAbout: "Every rolling show was watched lately, or is at its baseline.",
    noMatch: "No show matches",
    noMatchAbout: "Try another title, viewer or instance.",
    resetAll: "Reset inactive shows…",
    inactiveNote: (count: number, days: number) =>
      `${counted(count, "show")} ${count === 1 ? "was" : "were"} not watched for ${counted(days, "day")}.`,
    resetTitle: (title: string) => `Reset ${title}?`,
    resetAbout:
      "The show goes back to its baseline: what lies beyond is unmonitored in Sonarr, and its files are deleted. Viewers’ progress is forgotten.",
    resetAllTitle: "Reset inactive shows?",
    resetAllAbout: "Each goes back to its baseline. Exactly what is listed here is done, and nothing else.",
    removeTitle: (title: string) => `Remove ${title} from monitoring?`,
    removeAbout:
      "Cliffhangarr forgets the show and its viewers’ progress. Sonarr stays exactly as it is, and no file is deleted.",
    removeYes: "Remove from monitoring",
    resetYes: (shows: number, files: number) =>
      files === 0 ? `Reset ${counted(shows, "show")}` : `Reset and delete ${counted(files, "file")}`,
    removed: (title: string) => `${title} is no longer monitored`,
    enrolled: (count: number) => `${counted(count, "show")} enrolled`,
    resetDone: (shows: number, files: number, bytes: number, skipped: number) =>
      `${counted(shows, "show")} reset` +
      (files > 0 ? `, ${counted(files, "file")} deleted (${size(bytes)})` : "") +
      (skipped > 0 ? `, ${amount(skipped)} left alone` : ""),
  },
  outlook: outlookText,
  rules: rulesText,
  storage: storageText,
  preview: {
    nothing: "Nothing would change.",
    total: (shows: number, files: number, bytes: number) =>
      files === 0
        ? `${counted(shows, "show")}, no file is deleted`
        : `${counted(shows, "show")}, ${counted(files, "file")}, ${size(bytes)}`,
    leftAlone: (count: number) => `${counted(count, "show")} left alone`,
    files: (count: number) => `Show ${counted(count, "file")}`,
    looking: "Looking at what would happen…",
  },
  enroll: {
    title: "Enroll shows",
    about: "Choose series, and how they shall roll.",
    instance: "Instance",
    filter: "Filter series",
    series: "Series",
    none: "No series matches.",
    notEnrolled: "not enrolled",
    type: "Monitoring type",
    baseline: "Bring Sonarr to the baseline",
    baselineAbout:
      "Unmonitors what lies beyond the baseline and deletes its files. Without it, Sonarr stays as it is.",
    preview: (count: number) => (count === 0 ? "Preview" : `Preview ${counted(count, "show")}`),
    yes: (count: number, files: number) =>
      files === 0 ? `Enroll ${counted(count, "show")}` : `Enroll and delete ${counted(files, "file")}`,
    seasons: (count: number) => counted(count, "season"),
    sonarrStays: "Sonarr stays as it is; the shows roll from here on.",
    failed: "Not everything could be enrolled",
  },
  connections: {
    add: "Add connection",
    edit: (name: string) => `Edit ${name}`,
    editTitle: "Edit connection",
    editShort: "Edit",
    remove: (name: string) => `Remove ${name}`,
    removeShort: "Remove",
    removeTitle: (name: string) => `Remove ${name}?`,
    removeAbout: (media: boolean) =>
      media
        ? "Its token or key is forgotten, and its sessions are no longer seen. The server itself stays as it is."
        : "Its API key is forgotten, and its rolling shows with all viewers’ progress. Sonarr itself stays as it is.",
    removeYes: "Remove connection",
    kinds: { plex: "Plex", jellyfin: "Jellyfin", emby: "Emby", tautulli: "Tautulli", sonarr: "Sonarr" },
    health: {
      unknown: "not asked yet",
      ok: "connected",
      unauthorized: "refused",
      unreachable: "unreachable",
      degraded: "trouble",
    },
    kind: "Program",
    name: "Name",
    nameTaken: "Another connection has this name.",
    url: "Address",
    urlPlaceholder: {
      plex: "http://192.168.1.10:32400",
      jellyfin: "http://192.168.1.10:8096",
      emby: "http://192.168.1.10:8096",
      tautulli: "http://192.168.1.10:8181",
      sonarr: "http://192.168.1.10:8989",
    },
    secret: {
      plex: "Plex token",
      jellyfin: "API key",
      emby: "API key",
      tautulli: "API key",
      sonarr: "API key",
    },
    secretAbout: {
      plex: "Stored in your system’s keyring. The server owner’s token sees everybody’s sessions.",
      jellyfin: "In Jellyfin under Dashboard › API Keys. Stored in your system’s keyring.",
      emby: "In Emby under Settings › API Keys (Advanced). Stored in your system’s keyring.",
      tautulli: "In Tautulli under Settings › Web Interface › API key. Stored in your system’s keyring.",
      sonarr: "In Sonarr under Settings › General. Stored in your system’s keyring.",
    },
    kindAbout: {
      plex: null,
      jellyfin: null,
      emby: null,
      tautulli:
        "Tautulli stands in for the Plex that it watches, so connect one of the two. It sends no live events, and knows nothing of what is played while it is off.",
      sonarr: null,
    },
    unchanged: "unchanged",
    test: "Test",
    save: "Save",
    saveAnyway: "Save anyway",
    answered: (name: string | null, version: string | null) =>
      `${name ? `“${name}”` : "The server"} answers${version ? `, version ${version}` : ""}.`,
    eventsUp: "live events",
    eventsDown: "polling",
    version: (version: string) => `version ${version}`,
    lastContact: (when: string) => `last answer ${when}`,
    neverAnswered: "never answered",
    saved: (name: string) => `${name} is saved`,
    removed: (name: string) => `${name} is removed`,
    empty: "Start with your media server",
    emptyAbout:
      "Connect Plex, Jellyfin or Emby first, so that playback sessions can be seen, and Sonarr next, so that seasons can be searched. Then switch monitoring on.",
    ready: "Everything is connected. Nothing is watched or searched before monitoring is on.",
    media: "Media servers",
    instances: "Sonarr instances",
    noMedia: "No media server yet. Without one, nobody’s watching can be seen.",
    noInstance: "No Sonarr yet. Without one, nothing can be searched.",
  },
  settings: {
    saved: "Settings are saved",
    save: "Save",
    unsaved: (count: number) => counted(count, "unsaved change"),
    outOfRange: (min: number, max: number) => `A whole number from ${amount(min)} to ${amount(max)}.`,
    tagMissing: "A tag is needed, so that shows can be protected.",
    held: "Held by the environment variable plexSessionMonitoring.",
    warnings: "Some values were refused",
    sections: {
      watching: "Watching",
      cleanup: "Reset and cleanup",
      notifications: "Notifications",
      program: "Program",
    },
    cleanupNote:
      "Changing a setting never deletes anything by itself. Deletions happen in later passes, an hour later at the earliest, by the rules below.",
    fields: {
      enabled: { label: "Monitoring", about: "Watch playback sessions and act on them." },
      pollingIntervalMinutes: {
        label: "Polling interval",
        unit: "minutes",
        about:
          "How often sessions are asked for while no live events arrive. Where somebody is watching then, it is every minute.",
      },
      remainingEpisodes: {
        label: "Remaining episodes",
        unit: "episodes",
        about: "When so many or fewer are left in a season, the next one is searched.",
      },
      eveningsAhead: {
        label: "Evenings ahead",
        unit: "evenings",
        about: "Have at least this many evenings of a viewer’s own pace ready. 0 switches it off.",
      },
      filterUsers: {
        label: "Only these viewers",
        about: "Names or account ids. Others are tracked, but trigger nothing. Empty means everybody.",
        placeholder: "Add a viewer",
        remove: (name: string) => `Remove viewer ${name}`,
      },
      standardMonitoring: {
        label: "Standard monitoring",
        about: "Also look after shows that are not enrolled as rolling shows.",
      },
      dryRun: { label: "Dry run", about: "Decide and write the journal, but change nothing in Sonarr." },
      enableAutoReset: {
        label: "Automatic reset",
        about: "Bring rolling shows back to their baseline when nobody watches them. Deletes files.",
      },
      inactivityResetDays: {
        label: "Inactive after",
        unit: "days",
        about: "Days without anybody watching, for resets and for progressive cleanup.",
      },
      autoResetIntervalHours: {
        label: "Look every",
        unit: "hours",
        about: "How often inactive shows are looked for.",
      },
      enableProgressiveCleanup: {
        label: "Progressive cleanup",
        about: "Remove earlier seasons of rolling shows once every viewer is past them. Deletes files.",
      },
      progressiveCleanupAtOnce: {
        label: "At once",
        about: "Do not wait for the advancing viewer’s own inactivity period.",
      },
      protectTag: {
        label: "Protect tag",
        about: "Series with this tag in Sonarr are never cleaned up or reset.",
      },
      confirmAbovePercent: {
        label: "Ask first above",
        unit: "percent",
        about: "Share of the files of all rolling shows above which a pass asks before it deletes.",
      },
      notifySearches: { label: "Searches", about: "When something is searched." },
      notifyDeletions: { label: "Resets and cleanups", about: "When something was deleted." },
      notifyTrouble: { label: "Trouble", about: "When a server is away for a while." },
    },
    autostart: {
      label: "Start at login",
      about: "Sits in the tray, without a window. Takes effect at once.",
    },
    autostartUnknown: "Your system does not tell whether this is possible.",
    logs: {
      label: "Logs",
      about: "Say what happened and why. They never hold tokens or keys.",
      open: "Open folder",
    },
    version: (version: string) => `Version ${version}`,
  },
} as const;
