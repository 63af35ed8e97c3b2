import type { RootFolder, StorageFloor } from "../bindings/wire";
import { asFailure, type Host, type HostFailure } from "../host";
import { text } from "../text";
import type { Toasts } from "./toasts.svelte";

const GIGABYTE = 1_000_000_000;
/** What a floor begins as when it is switched on. */
const FIRST = { below: 50, until: 60 };

/** A root folder's floor being changed, in gigabytes. */
export interface FloorDraft {
  on: boolean;
  below: number | null;
  until: number | null;
}

export interface FloorProblems {
  below?: string;
  until?: string;
}

const draftOf = (folder: RootFolder): FloorDraft =>
  folder.floor
    ? { on: true, below: folder.floor.beginsBelow / GIGABYTE, until: folder.floor.endsAt / GIGABYTE }
    : { on: false, ...FIRST };

/** Which parts of a floor cannot be. */
function problemsOf(draft: FloorDraft): FloorProblems {
  if (!draft.on) return {};
  if (draft.below === null || draft.below <= 0) return { below: text.storage.notPositive };
  if (draft.until === null || draft.until < draft.below) return { until: text.storage.untilTooLow };
  return {};
}

const same = (one: FloorDraft, other: FloorDraft) =>
  one.on === other.on && (!one.on || (one.below === other.below && one.until === other.until));

/** The root folders with the free space that shall be left in them. */
export class StorageStore {
  folders = $state.raw<RootFolder[]>([]);
  drafts = $state<FloorDraft[]>([]);
  loaded = $state(false);
  saving = $state(false);
  failure = $state.raw<HostFailure | null>(null);
  readonly #host: Host;
  readonly #toasts: Toasts;

  problems = $derived(this.drafts.map(problemsOf));

  changed = $derived(
    this.folders.filter((folder, index) => {
      const draft = this.drafts[index];
      return draft !== undefined && !same(draft, draftOf(folder));
    }).length,
  );

  valid = $derived(this.problems.every((problems) => !problems.below && !problems.until));

  constructor(host: Host, toasts: Toasts) {
    this.#host = host;
    this.#toasts = toasts;
  }

  /** Reads how the folders are; unsaved changes stay. */
  async load() {
    if (this.changed > 0) return;
    try {
      this.#take(await this.#host.call("get_storage", {}));
      this.failure = null;
    } catch (thrown) {
      this.failure = asFailure(thrown);
    }
  }

  revert() {
    this.#take(this.folders);
    this.failure = null;
  }

  async save() {
    if (this.changed === 0 || !this.valid || this.saving) return;
    this.saving = true;
    try {
      this.#take(await this.#host.call("set_storage_floors", { floors: this.#floors() }));
      this.failure = null;
      this.#toasts.done(text.settings.saved);
    } catch (thrown) {
      this.failure = asFailure(thrown);
    } finally {
      this.saving = false;
    }
  }

  #floors(): StorageFloor[] {
    return this.folders.flatMap((folder, index) => {
      const draft = this.drafts[index];
      if (!draft?.on) return [];
      // What was not touched goes back as it came.
      if (folder.floor && same(draft, draftOf(folder))) return [folder.floor];
      const bytes = (gigabytes: number | null) => Math.round((gigabytes ?? 0) * GIGABYTE);
      return [
        {
          instance: folder.instance,
          rootFolder: folder.floor?.rootFolder ?? folder.path,
          beginsBelow: bytes(draft.below),
          endsAt: bytes(draft.until),
        },
      ];
    });
  }

  #take(folders: RootFolder[]) {
    this.folders = folders;
    this.drafts = folders.map(draftOf);
    this.loaded = true;
  }
}
