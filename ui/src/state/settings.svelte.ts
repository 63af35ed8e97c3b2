import type { NumberRange, Settings, SettingsPatch, SettingsView } from "../bindings/wire";
import { asFailure, type Host, type HostFailure } from "../host";
import { text } from "../text";
import type { Toasts } from "./toasts.svelte";

export type SettingName = keyof Settings;
/** While a number is being typed there may be none. */
export type Draft = { [Name in SettingName]: Settings[Name] extends number ? number | null : Settings[Name] };

/** The settings, and the changes to them that are not saved yet. */
export class SettingsStore {
  view = $state.raw<SettingsView | null>(null);
  draft = $state<Draft | null>(null);
  autostart = $state<boolean | null>(null);
  saving = $state(false);
  failure = $state.raw<HostFailure | null>(null);
  readonly #host: Host;
  readonly #toasts: Toasts;

  changed = $derived.by(() => {
    const { view, draft } = this;
    if (!view || !draft) return [];
    return (Object.keys(view.settings) as SettingName[]).filter(
      (name) => JSON.stringify(view.settings[name]) !== JSON.stringify(draft[name]),
    );
  });

  problems = $derived.by(() => {
    const problems: Partial<Record<string, string>> = {};
    for (const [name, range] of Object.entries(this.view?.ranges ?? {})) {
      const value = this.draft?.[name as SettingName];
      if (!fits(value, range)) problems[name] = text.settings.outOfRange(range.min, range.max);
    }
    if (this.draft && this.draft.protectTag.trim() === "") problems["protectTag"] = text.settings.tagMissing;
    return problems;
  });

  dirty = $derived(this.changed.length > 0);
  canSave = $derived(this.dirty && Object.keys(this.problems).length === 0 && !this.saving);

  constructor(host: Host, toasts: Toasts) {
    this.#host = host;
    this.#toasts = toasts;
  }

  async load() {
    try {
      this.#take(await this.#host.call("get_settings", {}));
      this.failure = null;
    } catch (thrown) {
      this.failure = asFailure(thrown);
    }
    try {
      this.autostart = (await this.#host.call("get_autostart", {})).enabled;
    } catch {
      this.autostart = null;
    }
  }

  isHeld(name: SettingName): boolean {
    return this.view?.heldByEnvironment.includes(name) ?? false;
  }

  revert() {
    if (this.view) this.#take(this.view);
    this.failure = null;
  }

  async save() {
    if (!this.canSave || !this.draft) return;
    const draft = $state.snapshot(this.draft) as Settings;
    const patch = Object.fromEntries(this.changed.map((name) => [name, draft[name]])) as SettingsPatch;
    this.saving = true;
    try {
      this.#take(await this.#host.call("change_settings", { patch }));
      this.failure = null;
      this.#toasts.done(text.settings.saved);
    } catch (thrown) {
      this.failure = asFailure(thrown);
    } finally {
      this.saving = false;
    }
  }

  /** Changes something at once, and leaves other unsaved changes as they are. */
  async changeNow(patch: SettingsPatch) {
    const unsaved = this.changed.filter((name) => !(name in patch));
    const before = this.draft ? ($state.snapshot(this.draft) as Draft) : null;
    this.#take(await this.#host.call("change_settings", { patch }));
    if (before && this.draft) {
      Object.assign(this.draft, Object.fromEntries(unsaved.map((name) => [name, before[name]])));
    }
  }

  async setAutostart(enabled: boolean) {
    try {
      this.autostart = (await this.#host.call("set_autostart", { enabled })).enabled;
    } catch (thrown) {
      this.#toasts.failed(thrown);
    }
  }

  #take(view: SettingsView) {
    this.view = view;
    this.draft = structuredClone(view.settings);
  }
}

function fits(value: unknown, range: NumberRange): boolean {
  return typeof value === "number" && Number.isInteger(value) && value >= range.min && value <= range.max;
}
