import { SvelteSet } from "svelte/reactivity";
import type { BatchReport, Enrollment, LibrarySeries, MonitoringType, Preview } from "../bindings/wire";
import { asFailure, type HostFailure } from "../host";
import type { ShowsStore } from "./shows.svelte";

/** Series being chosen for enrolling: chosen first, looked at next, done last. */
export class EnrollmentForm {
  instance = $state("");
  library = $state.raw<LibrarySeries[] | null>(null);
  filter = $state("");
  type = $state<MonitoringType>("pilotRolling");
  reset = $state(false);
  readonly chosen = new SvelteSet<number>();
  preview = $state.raw<Preview | null>(null);
  space = $state.raw<string[]>([]);
  report = $state.raw<BatchReport | null>(null);
  failure = $state.raw<HostFailure | null>(null);
  busy = $state(false);
  readonly #shows: ShowsStore;

  matching = $derived.by(() => {
    const wanted = this.filter.trim().toLowerCase();
    const library = this.library ?? [];
    return wanted ? library.filter((series) => series.title.toLowerCase().includes(wanted)) : library;
  });

  constructor(shows: ShowsStore, instance: string) {
    this.#shows = shows;
    this.instance = instance;
  }

  async choose(instance: string) {
    this.instance = instance;
    this.chosen.clear();
    this.library = null;
    await this.#run(async () => {
      const library = await this.#shows.library(instance);
      if (this.instance === instance) this.library = library;
    });
  }

  toggle(series: number) {
    if (!this.chosen.delete(series)) this.chosen.add(series);
  }

  async look() {
    await this.#run(async () => {
      const preview = await this.#shows.previewEnroll(this.#enrollment());
      this.space = await this.#shows.recycling(preview);
      this.preview = preview;
    });
  }

  back() {
    this.preview = null;
    this.failure = null;
  }

  /** Does what was previewed; resolves with whether all of it was done. */
  async enroll(): Promise<boolean> {
    const { preview } = this;
    if (!preview) return false;
    let whole = false;
    await this.#run(async () => {
      this.report = await this.#shows.enroll(this.#enrollment(), preview.confirmation);
      whole = this.report.errors.length === 0;
    });
    if (this.failure?.code === "changedMeanwhile") {
      const told = this.failure;
      await this.look();
      this.failure ??= told;
    }
    return whole;
  }

  #enrollment(): Enrollment {
    const series = [...this.chosen].sort((one, other) => one - other);
    return { instance: this.instance, series, monitoringType: this.type, reset: this.reset };
  }

  async #run(work: () => Promise<void>) {
    this.busy = true;
    this.failure = null;
    try {
      await work();
    } catch (thrown) {
      this.failure = asFailure(thrown);
    } finally {
      this.busy = false;
    }
  }
}
