import { SvelteSet } from "svelte/reactivity";
import type {
  BatchReport,
  Enrollment,
  LibrarySeries,
  Preview,
  Readiness,
  ResetReport,
  ShowRow,
} from "../bindings/wire";
import { asFailure, type Host, type HostFailure } from "../host";
import { text } from "../text";
import { ShowDetails } from "./details.svelte";
import { RulesForm } from "./rules.svelte";
import type { Toasts } from "./toasts.svelte";

/** How far back the share of expansions that were in time is looked at. */
export const READINESS_DAYS = 30;

/** A master record with its viewers. */
export interface RollingShow {
  master: ShowRow;
  viewers: ShowRow[];
}

const titles = new Intl.Collator("en", { numeric: true });

const unique = (words: string[]): string[] => [...new Set(words)];

/** The rolling shows. */
export class ShowsStore {
  rows = $state.raw<ShowRow[]>([]);
  readiness = $state.raw<Readiness | null>(null);
  loaded = $state(false);
  failure = $state.raw<HostFailure | null>(null);
  filter = $state("");
  tab = $state<"all" | "inactive" | "outlook">("all");
  readonly expanded = new SvelteSet<number>();
  readonly #host: Host;
  readonly #toasts: Toasts;

  all = $derived.by(() => {
    const viewers: Partial<Record<number, ShowRow[]>> = {};
    for (const row of this.rows) {
      if (row.viewer !== null) (viewers[row.masterId] ??= []).push(row);
    }
    return this.rows
      .filter((row) => row.viewer === null)
      .map((master): RollingShow => ({ master, viewers: viewers[master.id] ?? [] }))
      .sort((one, other) => titles.compare(one.master.title, other.master.title));
  });

  inactive = $derived(this.all.filter((show) => show.master.inactive));

  matching = $derived.by(() => {
    const wanted = this.filter.trim().toLowerCase();
    const shows = this.tab === "inactive" ? this.inactive : this.all;
    if (!wanted) return shows;
    return shows.filter(({ master, viewers }) =>
      [master.title, master.instance, ...viewers.map((row) => row.viewer ?? "")].some((word) =>
        word.toLowerCase().includes(wanted),
      ),
    );
  });

  constructor(host: Host, toasts: Toasts) {
    this.#host = host;
    this.#toasts = toasts;
  }

  async refresh() {
    try {
      this.rows = await this.#host.call("get_shows", { inactiveOnly: false });
      this.failure = null;
      this.loaded = true;
    } catch (thrown) {
      this.failure = asFailure(thrown);
    }
  }

  /** Measures anew whether expansions are in time. */
  async measure() {
    try {
      this.readiness = await this.#host.call("get_readiness", { days: READINESS_DAYS });
    } catch {
      // A number less is no reason to bother anybody.
      this.readiness = null;
    }
  }

  details = (id: number): ShowDetails => new ShowDetails(this.#host, id);
  rules = (): RulesForm => new RulesForm(this.#host, this.#toasts);

  /** What deleting the previewed files means for the space. */
  recycling = (preview: Preview): Promise<string[]> => {
    const concerned = preview.items.filter((item) => item.files > 0).map((item) => item.instance ?? "");
    return this.recyclingIn(unique(concerned).filter(Boolean));
  };

  /** What deleting files in some Sonarrs means for the space, one sentence for each kind of them. */
  recyclingIn = async (instances: string[]): Promise<string[]> => {
    const asked = instances.map(async (instance) => ({
      instance,
      ...(await this.#host.call("get_recycling", { instance })),
    }));
    const answers = (await Promise.allSettled(asked)).flatMap((answer) =>
      answer.status === "fulfilled" ? [answer.value] : [],
    );
    const sentences = unique(answers.map((answer) => answer.sentence));
    return sentences.length <= 1
      ? sentences
      : answers.map((answer) => `${answer.instance}: ${answer.sentence}`);
  };

  toggle(id: number) {
    if (!this.expanded.delete(id)) this.expanded.add(id);
  }

  async keep(show: Pick<ShowRow, "id">, season: number | null, keep: boolean) {
    try {
      await this.#host.call("keep", { show: show.id, season, keep });
      await this.refresh();
    } catch (thrown) {
      this.#toasts.failed(thrown);
    }
  }

  previewReset = (show: ShowRow): Promise<Preview> => this.#host.call("preview_reset", { id: show.id });
  previewResetInactive = (): Promise<Preview> => this.#host.call("preview_reset_inactive", {});
  library = (instance: string): Promise<LibrarySeries[]> => this.#host.call("get_library", { instance });
  previewEnroll = (enrollment: Enrollment): Promise<Preview> =>
    this.#host.call("preview_enroll", { enrollment });

  async reset(show: ShowRow, confirmation: string) {
    this.#report(await this.#host.call("reset_show", { id: show.id, confirmation }));
    await this.refresh();
  }

  async resetInactive(confirmation: string) {
    this.#report(await this.#host.call("reset_inactive", { confirmation }));
    await this.refresh();
  }

  async remove(show: ShowRow) {
    await this.#host.call("remove_show", { id: show.id });
    this.#toasts.done(text.shows.removed(show.title));
    await this.refresh();
  }

  async enroll(enrollment: Enrollment, confirmation: string): Promise<BatchReport> {
    const report = await this.#host.call("enroll", { enrollment, confirmation });
    if (report.done.length > 0) this.#toasts.done(text.shows.enrolled(report.done.length));
    await this.refresh();
    return report;
  }

  #report(report: ResetReport) {
    const files = report.reset.reduce((sum, row) => sum + row.filesDeleted, 0);
    const bytes = report.reset.reduce((sum, row) => sum + row.bytesFreed, 0);
    this.#toasts.done(text.shows.resetDone(report.reset.length, files, bytes, report.skipped.length));
    for (const error of report.errors) {
      this.#toasts.failed({ code: "internal", message: `${error.source}: ${error.message}` });
    }
  }
}
