import { SvelteSet } from "svelte/reactivity";
import type { JournalEntry } from "../bindings/wire";
import { asFailure, type Host, type HostFailure } from "../host";
import { dayOf, positionLabel } from "../format";

const PAGE = 200;

export type JournalLine =
  { kind: "day"; key: string; day: number } | { kind: "entry"; key: string; entry: JournalEntry };

/** The journal as far as it was read, newest first. */
export class JournalStore {
  entries = $state.raw<JournalEntry[]>([]);
  filter = $state("");
  onlyActions = $state(false);
  complete = $state(false);
  loading = $state(false);
  loaded = $state(false);
  failure = $state.raw<HostFailure | null>(null);
  readonly expanded = new SvelteSet<number>();
  readonly #host: Host;

  matching = $derived.by(() => {
    const words = this.filter.toLowerCase().split(/\s+/).filter(Boolean);
    if (words.length === 0 && !this.onlyActions) return this.entries;
    return this.entries.filter(
      (entry) =>
        (!this.onlyActions || entry.actions.length > 0) &&
        (words.length === 0 || matches(searchable(entry), words)),
    );
  });

  lines = $derived.by(() => {
    const lines: JournalLine[] = [];
    let day = Number.NaN;
    for (const entry of this.matching) {
      const entryDay = dayOf(entry.at);
      if (entryDay !== day) {
        day = entryDay;
        lines.push({ kind: "day", key: `day-${day}-${entry.id}`, day });
      }
      lines.push({ kind: "entry", key: `entry-${entry.id}`, entry });
    }
    return lines;
  });

  constructor(host: Host) {
    this.#host = host;
  }

  /** Reads the newest rows; rows that are known already may have another outcome meanwhile. */
  async refresh() {
    try {
      const newest = await this.#host.call("get_journal", { limit: PAGE, before: null });
      const oldest = newest.at(-1)?.id;
      const kept = oldest === undefined ? [] : this.entries.filter((entry) => entry.id < oldest);
      const gap = oldest !== undefined && this.entries.length > 0 && oldest > (this.entries[0]?.id ?? 0) + 1;
      this.entries = gap ? newest : [...newest, ...kept];
      if (newest.length < PAGE) this.complete = true;
      else if (gap) this.complete = false;
      this.failure = null;
      this.loaded = true;
    } catch (thrown) {
      this.failure = asFailure(thrown);
    }
  }

  /** Reads older rows. */
  async more() {
    const before = this.entries.at(-1)?.id;
    if (this.loading || this.complete || before === undefined) return;
    this.loading = true;
    try {
      const older = await this.#host.call("get_journal", { limit: PAGE, before });
      if (this.entries.at(-1)?.id !== before) return;
      this.entries = [...this.entries, ...older.filter((entry) => entry.id < before)];
      if (older.length < PAGE) this.complete = true;
      this.failure = null;
    } catch (thrown) {
      this.failure = asFailure(thrown);
    } finally {
      this.loading = false;
    }
  }

  toggle(id: number) {
    if (!this.expanded.delete(id)) this.expanded.add(id);
  }
}

const cache = new WeakMap<JournalEntry, string>();

function searchable(entry: JournalEntry): string {
  let found = cache.get(entry);
  if (found === undefined) {
    const { show, season, episode, viewer, instance } = entry.subject;
    found = [show, positionLabel(season, episode), viewer, instance, entry.detail, entry.note]
      .filter(Boolean)
      .join(" ")
      .toLowerCase();
    cache.set(entry, found);
  }
  return found;
}

function matches(haystack: string, words: string[]): boolean {
  return words.every((word) => haystack.includes(word));
}
