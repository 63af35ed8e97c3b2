import type { ReasonCode } from "../bindings/wire";

/** What sort of decision a reason stands for, as far as it is seen at a glance. */
export type ReasonFamily = "fetch" | "remove" | "keep" | "wait" | "settled" | "aside" | "trouble" | "admin";

const families: Record<ReasonCode, ReasonFamily> = {
  notAnEpisode: "aside",
  special: "aside",
  tooEarly: "wait",
  incompleteSession: "aside",
  unknownViewer: "aside",
  viewerNotInFilter: "aside",
  notInSonarr: "aside",
  ambiguousTitle: "trouble",
  instanceUnavailable: "trouble",
  showUnavailable: "trouble",
  episodeUnknown: "aside",
  notEnrolled: "aside",
  notNearEnd: "settled",
  nothingMissing: "settled",
  alreadyQueued: "settled",
  searchedRecently: "settled",
  notAired: "wait",
  notListed: "wait",
  upcomingEpisodes: "fetch",
  nextSeason: "fetch",
  lonePilot: "fetch",
  expansion: "fetch",
  monitorNew: "fetch",
  monitorsNewAlready: "settled",
  nowAired: "fetch",
  nowListed: "fetch",
  moot: "settled",
  searchAgain: "fetch",
  gaveUp: "trouble",
  searchSucceeded: "settled",
  progressiveCleanup: "remove",
  seasonNeeded: "keep",
  beingPlayed: "keep",
  protected: "keep",
  baseline: "keep",
  pastUnknown: "keep",
  switchedOff: "keep",
  needsConfirmation: "wait",
  inactiveReset: "remove",
  manualReset: "remove",
  stillActive: "keep",
  neverExpanded: "keep",
  atBaseline: "keep",
  enrolled: "admin",
  removed: "admin",
  changed: "admin",
  resumed: "admin",
  failed: "trouble",
};

export function familyOf(reason: ReasonCode): ReasonFamily {
  return families[reason] ?? "settled";
}
