import type { Condition, InstanceChoices, QualityProfile, Rule } from "../bindings/wire";
import { text } from "../text";

export const SERIES_TYPES = ["standard", "daily", "anime"] as const;
export const STATUSES = ["continuing", "ended", "upcoming", "deleted"] as const;

/** What is wrong with a rule, where it is shown. */
export interface RuleFaults {
  name: string | null;
  general: string | null;
  /** By condition; `null` where one is right. */
  conditions: (string | null)[];
}

export function blankRule(): Rule {
  return {
    name: "",
    madeAt: null,
    instance: null,
    combination: "all",
    conditions: [blankCondition("genre")],
    outcome: "pilotRolling",
  };
}

export function blankCondition(field: Condition["field"]): Condition {
  switch (field) {
    case "year":
      return { field, from: null, to: null };
    case "title":
      return { field, pattern: "" };
    case "qualityProfile":
      return { field, anyOf: [] };
    case "genre":
    case "tag":
    case "rootFolder":
    case "network":
    case "originalLanguage":
    case "seriesType":
    case "status":
      return { field, anyOf: [] };
  }
}

/** The same faults that the program would refuse the rule for. */
export function faultsOf(rule: Rule, others: readonly Rule[]): RuleFaults {
  const name = rule.name.trim().toLowerCase();
  const taken = others.some((other) => other.name.trim().toLowerCase() === name);
  const { faults } = text.rules;
  return {
    name: name === "" ? faults.noName : taken ? faults.nameTaken : null,
    general: rule.conditions.length === 0 ? faults.noCondition : null,
    conditions: rule.conditions.map(conditionFault),
  };
}

function conditionFault(condition: Condition): string | null {
  const { faults } = text.rules;
  switch (condition.field) {
    case "year": {
      const { from, to } = condition;
      if (from === null && to === null) return faults.noYear;
      return from !== null && to !== null && from > to ? faults.yearsReversed : null;
    }
    case "title":
      return condition.pattern.trim() === "" ? faults.noPattern : null;
    case "genre":
    case "tag":
    case "rootFolder":
    case "network":
    case "originalLanguage":
    case "seriesType":
    case "status":
    case "qualityProfile":
      return condition.anyOf.length === 0 ? faults.noValue(condition.field) : null;
  }
}

export type OfferedChoices = Omit<InstanceChoices, "instance">;

/** What can be chosen from for one Sonarr, or for all of them together. */
export function mergedChoices(choices: readonly InstanceChoices[], instance: number | null): OfferedChoices {
  const asked = instance === null ? choices : choices.filter((one) => one.instance === instance);
  const names = (list: (one: InstanceChoices) => string[]) => [...new Set(asked.flatMap(list))].sort();
  return {
    tags: names((one) => one.tags),
    qualityProfiles: profilesOf(asked),
    rootFolders: names((one) => one.rootFolders),
    genres: names((one) => one.genres),
    networks: names((one) => one.networks),
    originalLanguages: names((one) => one.originalLanguages),
  };
}

/** Sonarrs may give one id to profiles of different names. */
function profilesOf(choices: readonly InstanceChoices[]): QualityProfile[] {
  const names: Record<number, string[]> = {};
  for (const profile of choices.flatMap((one) => one.qualityProfiles)) {
    const known = (names[profile.id] ??= []);
    if (!known.includes(profile.name)) known.push(profile.name);
  }
  return Object.entries(names).map(([id, all]) => ({ id: Number(id), name: all.join(" / ") }));
}

/** The suggestions for a condition of names. */
export function suggestions(field: Condition["field"], offered: OfferedChoices): readonly string[] {
  switch (field) {
    case "genre":
      return offered.genres;
    case "tag":
      return offered.tags;
    case "rootFolder":
      return offered.rootFolders;
    case "network":
      return offered.networks;
    case "originalLanguage":
      return offered.originalLanguages;
    case "qualityProfile":
    case "seriesType":
    case "status":
    case "title":
    case "year":
      return [];
  }
}
