import type {
  Condition,
  DryRunRow,
  InstanceChoices,
  InstanceDefault,
  Rule,
  RuleOutcome,
  RuleSet,
} from "../bindings/wire";
import { asFailure, type Host, type HostFailure } from "../host";
import { text } from "../text";
import { blankRule, faultsOf, mergedChoices, type RuleFaults } from "./rule";
import type { Toasts } from "./toasts.svelte";

/** The rules being changed: as a list, one of them closely, or tried on the library. */
export class RulesForm {
  rules = $state<Rule[]>([]);
  defaults = $state<InstanceDefault[]>([]);
  saved = $state.raw<RuleSet | null>(null);
  choices = $state.raw<InstanceChoices[]>([]);
  editing = $state<{ index: number | null; rule: Rule } | null>(null);
  /** Faults are shown once somebody thought to be done. */
  strict = $state(false);
  tried = $state.raw<DryRunRow[] | null>(null);
  busy = $state<"load" | "save" | "try" | null>(null);
  failure = $state.raw<HostFailure | null>(null);
  readonly #host: Host;
  readonly #toasts: Toasts;

  dirty = $derived(
    this.saved !== null &&
      JSON.stringify({ rules: this.rules, defaults: this.defaults }) !==
        JSON.stringify({ rules: this.saved.rules, defaults: this.saved.defaults }),
  );

  faults = $derived.by((): RuleFaults => {
    const { editing } = this;
    if (!editing || !this.strict) return { name: null, conditions: [], general: null };
    const others = this.rules.filter((_, index) => index !== editing.index);
    return faultsOf(editing.rule, others);
  });

  offered = $derived(mergedChoices(this.choices, this.editing?.rule.instance ?? null));

  constructor(host: Host, toasts: Toasts) {
    this.#host = host;
    this.#toasts = toasts;
  }

  async load() {
    await this.#run("load", async () => this.#take(await this.#host.call("get_rules", {})));
    try {
      this.choices = await this.#host.call("get_rule_choices", {});
    } catch {
      // Without suggestions everything can still be typed.
      this.choices = [];
    }
  }

  add() {
    this.#edit(null, blankRule());
  }

  edit(index: number) {
    const rule = this.rules[index];
    if (rule) this.#edit(index, $state.snapshot(rule) as Rule);
  }

  remove(index: number) {
    this.rules.splice(index, 1);
  }

  move(index: number, by: -1 | 1) {
    const [rule] = this.rules.splice(index, 1);
    if (rule) this.rules.splice(index + by, 0, rule);
  }

  default(instance: number): RuleOutcome | null {
    return this.defaults.find((one) => one.instance === instance)?.outcome ?? null;
  }

  setDefault(instance: number, outcome: RuleOutcome | null) {
    const before = this.saved?.defaults.find((one) => one.instance === instance && one.outcome === outcome);
    const others = this.defaults.filter((one) => one.instance !== instance);
    const made = outcome === null ? [] : [before ?? { instance, madeAt: null, outcome }];
    this.defaults = [...others, ...made];
  }

  setCondition(index: number, condition: Condition) {
    if (this.editing) this.editing.rule.conditions[index] = condition;
  }

  /** Takes the rule being edited into the list; says whether it could. */
  finish(): boolean {
    const { editing } = this;
    if (!editing) return true;
    this.strict = true;
    const { name, conditions, general } = this.faults;
    if (name || general || conditions.some((fault) => fault !== null)) return false;
    const rule = $state.snapshot(editing.rule) as Rule;
    rule.name = rule.name.trim();
    const before = editing.index === null ? undefined : this.rules[editing.index];
    if (before && !sameMeaning(before, rule)) rule.madeAt = null;
    if (editing.index === null) this.rules.push(rule);
    else this.rules[editing.index] = rule;
    this.editing = null;
    return true;
  }

  leave() {
    this.editing = null;
    this.tried = null;
    this.failure = null;
  }

  async tryOut() {
    await this.#run("try", async () => {
      this.tried = await this.#host.call("dry_run_rules", { rules: this.#given() });
    });
  }

  /** Saves all of it; resolves with whether it was. */
  async save(): Promise<boolean> {
    let whole = false;
    await this.#run("save", async () => {
      this.#take(await this.#host.call("set_rules", { rules: this.#given() }));
      this.#toasts.done(text.rules.saved);
      whole = true;
    });
    return whole;
  }

  #edit(index: number | null, rule: Rule) {
    this.strict = false;
    this.failure = null;
    this.editing = { index, rule };
  }

  #given(): RuleSet {
    return { rules: $state.snapshot(this.rules) as Rule[], defaults: $state.snapshot(this.defaults) };
  }

  #take(rules: RuleSet) {
    this.saved = rules;
    this.rules = structuredClone(rules.rules);
    this.defaults = structuredClone(rules.defaults);
  }

  async #run(what: "load" | "save" | "try", work: () => Promise<void>) {
    this.busy = what;
    this.failure = null;
    try {
      await work();
    } catch (thrown) {
      this.failure = asFailure(thrown);
    } finally {
      this.busy = null;
    }
  }
}

/** Another name makes no other rule. */
function sameMeaning(one: Rule, other: Rule): boolean {
  const meaning = (rule: Rule) => JSON.stringify({ ...rule, name: "", madeAt: null });
  return meaning(one) === meaning(other);
}
