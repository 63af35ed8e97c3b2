import type { Combination, Condition, RuleOutcome } from "../bindings/wire";
import { amount, counted } from "../format";

const fields: Record<Condition["field"], string> = {
  genre: "Genre",
  tag: "Tag",
  qualityProfile: "Quality profile",
  rootFolder: "Root folder",
  network: "Network",
  originalLanguage: "Original language",
  year: "Year",
  seriesType: "Series type",
  status: "Status",
  title: "Title",
};

const outcomes: Record<RuleOutcome, string> = {
  pilotRolling: "Enroll as Pilot",
  firstSeasonRolling: "Enroll as First season",
  allSeasonPilotRolling: "Enroll as All pilots",
  standard: "Do not enroll",
};

const combinations: Record<Combination, string> = { all: "All", any: "Any" };

const words: Record<string, string> = {
  standard: "Standard",
  daily: "Daily",
  anime: "Anime",
  continuing: "Continuing",
  ended: "Ended",
  upcoming: "Upcoming",
  deleted: "Deleted",
};

const years = (from: number | null, to: number | null): string => {
  if (from !== null && to !== null) return from === to ? String(from) : `${from}–${to}`;
  return from !== null ? `from ${from}` : `up to ${to ?? "?"}`;
};

/** What the page says about rules. */
export const rulesText = {
  open: "Rules",
  title: "Rules for new series",
  about:
    "Rules and defaults only touch series that are added to Sonarr after the rule was made. What is in Sonarr already stays as it is; enroll that by hand.",
  fields,
  outcomes,
  combinations,
  words,
  list: "Rules, the first that matches wins",
  empty: "No rule yet. New series are left to standard monitoring unless their Sonarr has a default below.",
  add: "Add rule",
  edit: (name: string) => `Edit rule ${name}`,
  remove: (name: string) => `Delete rule ${name}`,
  up: (name: string) => `Move rule ${name} up`,
  down: (name: string) => `Move rule ${name} down`,
  shortEdit: "Edit",
  shortRemove: "Delete",
  shortUp: "Move up",
  shortDown: "Move down",
  defaults: "Where no rule matches",
  defaultOf: (instance: string) => `New series of ${instance}`,
  noDefault: "Not enrolled",
  since: (when: string) => `for series added since ${when}`,
  notSaved: "not saved yet",
  onlyIn: (instance: string) => `only ${instance}`,
  lostInstance: "a Sonarr that is gone",
  tryOut: "Try on the library",
  save: "Save rules",
  saved: "Rules are saved",
  editor: { add: "New rule", edit: "Edit rule", done: "Done" },
  name: "Name",
  scope: "For series of",
  everywhere: "Every Sonarr",
  matches: "A series matches when",
  combinationLabel: { all: "all of these hold", any: "any of these holds" } satisfies Record<
    Combination,
    string
  >,
  addCondition: "Add condition",
  field: (number: number) => `Condition ${amount(number)} asks for`,
  value: (number: number, field: Condition["field"]) => `Condition ${amount(number)}: ${fields[field]}`,
  removeCondition: (number: number) => `Remove condition ${amount(number)}`,
  removeName: (name: string) => `Remove ${name}`,
  addValue: (field: Condition["field"]) => `Add a ${fields[field].toLowerCase()}`,
  from: "from",
  to: "to",
  pattern: "The whole title, * for any text and ? for one character",
  noProfiles: "No Sonarr tells its quality profiles at present.",
  profile: (id: number) => `Profile ${id}`,
  outcome: "What becomes of it",
  standardAbout: "Stays with standard monitoring, whatever rules below say.",
  faults: {
    noName: "It needs a name.",
    nameTaken: "Another rule has this name.",
    noCondition: "It needs at least one condition.",
    noValue: (field: Condition["field"]) => `It needs at least one ${fields[field].toLowerCase()}.`,
    noYear: "It needs a first or a last year.",
    yearsReversed: "The first year is after the last one.",
    noPattern: "It needs a title.",
  },
  tried: {
    title: "What the rules say of your library",
    matching: (count: number, all: number) => `${amount(count)} of ${counted(all, "series", "series")} match`,
    untouched: "They are in Sonarr already, so nothing happens to them.",
    applying: (count: number) =>
      `${counted(count, "series", "series")} came after the rule and will be enrolled with the next pass.`,
    all: "Show those that match nothing, too",
    by: (rule: string) => `by “${rule}”`,
    byDefault: (instance: string) => `default of ${instance}`,
    nothing: "no match",
    enrolled: "enrolled already",
    applies: "will be enrolled",
    none: "No series matches.",
  },
  /** "Genre is Anime or Drama", as part of a rule's summary. */
  condition: (condition: Condition, profile: (id: number) => string): string => {
    const either = (names: string[]) => names.join(" or ");
    switch (condition.field) {
      case "year":
        return `Year ${years(condition.from, condition.to)}`;
      case "title":
        return `Title like “${condition.pattern}”`;
      case "qualityProfile":
        return `${fields.qualityProfile} is ${either(condition.anyOf.map(profile))}`;
      case "genre":
      case "tag":
      case "rootFolder":
      case "network":
      case "originalLanguage":
      case "seriesType":
      case "status":
        return `${fields[condition.field]} is ${either(condition.anyOf)}`;
    }
  },
  joined: (combination: Combination, parts: string[]): string =>
    parts.join(combination === "all" ? ", and " : ", or "),
} as const;
