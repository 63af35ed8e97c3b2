import { SvelteSet } from "svelte/reactivity";
import type { Outlook, OutlookRow, PendingConfirmation } from "../bindings/wire";
import { dayOf } from "../format";
import { asFailure, type Host, type HostFailure } from "../host";

/** Under what a row stands: how it is, or the day on which it goes. */
export type Heading = "unknown" | "waiting" | "underWay" | "free" | "kept" | number;

export type OutlookLine =
  | { kind: "confirmation"; key: string; pending: PendingConfirmation }
  | { kind: "note"; key: string; note: string }
  | { kind: "heading"; key: string; heading: Heading; files: number; bytes: number }
  | { kind: "row"; key: string; row: OutlookRow; seasons: OutlookRow[] };

type HeadingLine = Extract<OutlookLine, { kind: "heading" }>;

/** What will go when, asked only while somebody looks at it. */
export class OutlookStore {
  current = $state.raw<Outlook | null>(null);
  failure = $state.raw<HostFailure | null>(null);
  loading = $state(false);
  readonly expanded = new SvelteSet<number>();
  readonly #host: Host;
  #again = false;

  constructor(host: Host) {
    this.#host = host;
  }

  /** Asks anew. What changes during an answer that takes its time is asked about once more afterwards. */
  async load() {
    this.#again = true;
    if (this.loading) return;
    this.loading = true;
    while (this.#again) {
      this.#again = false;
      try {
        this.current = await this.#host.call("get_outlook", { show: null });
        this.failure = null;
      } catch (thrown) {
        this.failure = asFailure(thrown);
      }
    }
    this.loading = false;
  }

  toggle(show: number) {
    if (!this.expanded.delete(show)) this.expanded.add(show);
  }

  /** The lines of the list: what waits for the user, what concerns everything, and the rows below their headings. */
  lines(filter: string, confirmations: readonly PendingConfirmation[]): OutlookLine[] {
    const wanted = filter.trim().toLowerCase();
    const lines: OutlookLine[] = [];
    for (const pending of confirmations) {
      lines.push({ kind: "confirmation", key: `confirmation ${pending.id}`, pending });
    }
    for (const note of this.current?.notes ?? []) lines.push({ kind: "note", key: `note ${note}`, note });
    const seasons: Partial<Record<number, OutlookRow[]>> = {};
    for (const row of this.current?.rows ?? []) {
      if (row.withShow && row.show !== null) (seasons[row.show] ??= []).push(row);
    }
    let last: HeadingLine | undefined;
    for (const row of this.current?.rows ?? []) {
      if (row.withShow || !matches(row, wanted)) continue;
      const heading = headingOf(row);
      if (last?.heading !== heading) {
        last = { kind: "heading", key: `heading ${heading}`, heading, files: 0, bytes: 0 };
        lines.push(last);
      }
      last.files += row.files;
      last.bytes += row.bytes;
      const isShow = row.show !== null && row.season === null;
      lines.push({
        kind: "row",
        key: `row ${row.show ?? row.instance} ${row.season ?? ""}`,
        row,
        seasons: isShow && row.show !== null ? (seasons[row.show] ?? []) : [],
      });
    }
    return lines;
  }
}

function headingOf(row: OutlookRow): Heading {
  if (row.standing === "freeAt" || row.standing === "kept") return row.at === null ? "kept" : dayOf(row.at);
  return row.standing;
}

function matches(row: OutlookRow, wanted: string): boolean {
  return (
    !wanted || [row.title, row.instance, row.sentence].some((word) => word.toLowerCase().includes(wanted))
  );
}
