import type {
  AppState,
  ConnectionKind,
  HostError,
  JournalEntry,
  Outlook,
  Preview,
  RuleSet,
  Settings,
  ShowRow,
  StorageFloor,
  View,
} from "../bindings/wire";
import { household, SETTINGS, settingsView, type Scenario } from "./fake/household";
import { journalEntry } from "./fake/journal";
import { library, rollingShows } from "./fake/library";
import { outlook } from "./fake/outlook";
import * as rolling from "./fake/rolling";
import { HostFailure, type Answer, type Arguments, type CommandName, type Host, type Unlisten } from "./host";

export { isScenario } from "./fake/household";

interface Options {
  scenario: Scenario;
  now?: () => number;
  held?: string[];
  journalRows?: number;
}

type Answers = { [Name in CommandName]: (args: Arguments<Name>) => Answer<Name> };

const SIZES: Record<Scenario, { shows: number; journal: number }> = {
  busy: { shows: 12, journal: 420 },
  quiet: { shows: 3, journal: 30 },
  empty: { shows: 0, journal: 0 },
  lockedKeyring: { shows: 3, journal: 12 },
  large: { shows: 4000, journal: 10_000 },
};

/** What the household's servers say of themselves. */
const SERVERS: Record<ConnectionKind, Answer<"test_connection">> = {
  plex: { serverName: "Living room NAS", version: "1.41.3" },
  jellyfin: { serverName: "Attic", version: "10.11.9" },
  emby: { serverName: "Cellar", version: "4.9.5.0" },
  tautulli: { serverName: "Living room NAS", version: "2.17.2" },
  sonarr: { serverName: "Sonarr", version: "4.0.11" },
};

/** A simulated household, for working on the page and for its tests. */
export class FakeHost implements Host {
  state: AppState;
  settings: Settings;
  rows: ShowRow[];
  journal: JournalEntry[];
  rules: RuleSet;
  floors: StorageFloor[] = [];
  /** What is told instead of what the household comes to. */
  outlook: Outlook | null = null;
  autostart = false;
  readonly calls: { name: CommandName; args: unknown }[] = [];
  readonly #now: () => number;
  readonly #held: string[];
  readonly #stateListeners = new Set<(state: AppState) => void>();
  readonly #viewListeners = new Set<(view: View) => void>();
  readonly #failures = new Map<CommandName, HostError>();

  constructor(options: Options) {
    this.#now = options.now ?? Date.now;
    this.#held = options.held ?? [];
    const now = this.#now();
    const sizes = SIZES[options.scenario];
    this.state = household(options.scenario, now);
    this.settings = {
      ...SETTINGS,
      enabled: this.state.monitoring.kind !== "off",
      enableProgressiveCleanup: options.scenario === "busy",
    };
    this.rules = options.scenario === "busy" ? rolling.ruleSet(now) : { rules: [], defaults: [] };
    this.rows = rollingShows(sizes.shows, now);
    const count = options.journalRows ?? sizes.journal;
    this.journal = Array.from({ length: count }, (_, age) =>
      journalEntry(count - age, now - age * 13 * 60_000),
    );
  }

  async call<Name extends CommandName>(name: Name, args: Arguments<Name>): Promise<Answer<Name>> {
    this.calls.push({ name, args: structuredClone(args) });
    await Promise.resolve();
    const failure = this.#failures.get(name);
    if (failure) {
      this.#failures.delete(name);
      throw new HostFailure(failure);
    }
    return this.#answers[name](args);
  }

  async onState(listener: (state: AppState) => void): Promise<Unlisten> {
    this.#stateListeners.add(listener);
    return () => this.#stateListeners.delete(listener);
  }

  async onOpenView(listener: (view: View) => void): Promise<Unlisten> {
    this.#viewListeners.add(listener);
    return () => this.#viewListeners.delete(listener);
  }

  /** Lets the next call of a command fail. */
  failNext(name: CommandName, failure: HostError) {
    this.#failures.set(name, failure);
  }

  openView(view: View) {
    this.#viewListeners.forEach((listener) => listener(view));
  }

  /** Publishes a changed state. */
  change(part: Partial<AppState>) {
    this.state = { ...this.state, ...part, revision: this.state.revision + 1 };
    this.#stateListeners.forEach((listener) => listener(this.state));
  }

  /** Lets time pass in the household. */
  live() {
    setInterval(() => {
      const nowPlaying = this.state.nowPlaying.map((playing) =>
        playing.paused || playing.viewOffsetMs === null || playing.durationMs === null
          ? playing
          : { ...playing, viewOffsetMs: (playing.viewOffsetMs + 5000) % playing.durationMs },
      );
      this.change({ nowPlaying });
    }, 5000);
    setInterval(() => {
      if (this.state.monitoring.kind === "on") this.#write();
    }, 20_000);
  }

  #write() {
    this.journal = [journalEntry((this.journal[0]?.id ?? 0) + 1, this.#now()), ...this.journal];
    this.change({ journalRevision: this.state.journalRevision + 1 });
  }

  #replaceRows(rows: ShowRow[]) {
    this.rows = rows;
    this.change({ showsRevision: this.state.showsRevision + 1 });
    return null;
  }

  #preview(masters: ShowRow[]): Preview {
    const items = masters
      .filter((row) => !row.keepShow)
      .map((row) => {
        const files = Array.from({ length: Math.max(1, row.currentMonitoredSeason) * 3 }, (_, index) => ({
          label: `Season ${1 + Math.floor(index / 3)}/${row.title} - S0${1 + Math.floor(index / 3)}E0${(index % 3) + 2}.mkv`,
          bytes: 1_900_000_000 + index * 40_000_000,
        }));
        const bytes = files.reduce((sum, file) => sum + file.bytes, 0);
        return {
          title: row.title,
          instance: row.instance,
          reason: "manualReset" as const,
          detail: "Goes back to its baseline.",
          actions: [
            {
              kind: "setMonitoring" as const,
              sentence: `Unmonitor ${files.length} episodes`,
              episodesOn: 0,
              episodesOff: files.length,
            },
            { kind: "deleteFiles" as const, sentence: `Delete ${files.length} files`, files, bytes },
          ],
          files: files.length,
          bytes,
        };
      });
    return {
      confirmation: items.map((item) => item.title).join("|"),
      items,
      leftAlone: masters
        .filter((row) => row.keepShow)
        .map((row) => ({ id: row.id, title: row.title, detail: "You marked it to be kept." })),
      files: items.reduce((sum, item) => sum + item.files, 0),
      bytes: items.reduce((sum, item) => sum + item.bytes, 0),
    };
  }

  #reset(masters: ShowRow[], confirmation: string) {
    const preview = this.#preview(masters);
    if (preview.confirmation !== confirmation) {
      throw new HostFailure({ code: "changedMeanwhile", message: "The shows have changed meanwhile." });
    }
    const ids = new Set(masters.filter((row) => !row.keepShow).map((row) => row.id));
    this.#replaceRows(
      this.rows
        .filter((row) => row.viewer === null || !ids.has(row.masterId))
        .map((row) => (ids.has(row.id) ? { ...row, inactive: false, currentMonitoredSeason: 1 } : row)),
    );
    const reset = preview.items.map((item) => ({
      id: 0,
      title: item.title,
      filesDeleted: item.files,
      bytesFreed: item.bytes,
    }));
    return { reset, skipped: preview.leftAlone, errors: [] };
  }

  #masters(test: (row: ShowRow) => boolean): ShowRow[] {
    return this.rows.filter((row) => row.viewer === null && test(row));
  }

  readonly #answers: Answers = {
    get_state: () => this.state,
    check_sessions: () => {
      this.#write();
      this.change({
        lastCycle: { at: new Date(this.#now()).toISOString(), processed: 3, triggered: 1, errors: 0 },
      });
      return { processedSessions: 3, triggeredSearches: 1, errors: [], decisions: [] };
    },
    pause_monitoring: ({ pause }) => {
      const until = pause === "untilResumed" ? null : new Date(this.#now() + 3_600_000).toISOString();
      this.change({ monitoring: { kind: "paused", until }, activity: "paused", statusLine: "Held by you" });
      return null;
    },
    resume_monitoring: () => {
      this.change({ monitoring: { kind: "on" }, activity: "idle", statusLine: "Watching again" });
      return null;
    },
    get_settings: () => settingsView(this.settings, this.#held),
    change_settings: ({ patch }) => {
      this.settings = { ...this.settings, ...(patch as Partial<Settings>) };
      if (patch.enabled !== undefined) {
        this.change(
          this.settings.enabled
            ? { monitoring: { kind: "on" }, activity: "idle", statusLine: "Nobody is watching" }
            : {
                monitoring: { kind: "off" },
                activity: "paused",
                statusLine: "Nothing is watched",
                nowPlaying: [],
              },
        );
      }
      return settingsView(this.settings, this.#held);
    },
    test_connection: ({ draft }) => {
      if (draft.secret === "wrong") {
        throw new HostFailure({ code: "unauthorized", message: `${draft.name} refused the token or key.` });
      }
      return SERVERS[draft.kind];
    },
    save_connection: ({ draft }) => {
      const others = this.state.connections.filter((one) => one.name !== draft.name);
      const answer = draft.verify
        ? this.#answers.test_connection({ draft })
        : { serverName: null, version: null };
      const known = this.state.connections.find((one) => one.name === draft.name);
      this.change({
        connections: [
          ...others,
          {
            id: known?.id ?? 1 + Math.max(0, ...this.state.connections.map((one) => one.id)),
            name: draft.name,
            kind: draft.kind,
            url: draft.url,
            health: draft.verify ? "ok" : "unknown",
            trouble: null,
            ...answer,
            eventsUp: draft.kind !== "sonarr" && draft.kind !== "tautulli",
            lastContact: new Date(this.#now()).toISOString(),
          },
        ],
      });
      return answer;
    },
    remove_connection: ({ name }) => {
      this.change({ connections: this.state.connections.filter((one) => one.name !== name) });
      return null;
    },
    get_journal: ({ limit, before }) => {
      const from = before === null ? 0 : this.journal.findIndex((entry) => entry.id < before);
      return from < 0 ? [] : this.journal.slice(from, from + limit);
    },
    get_shows: ({ inactiveOnly }) => (inactiveOnly ? this.rows.filter((row) => row.inactive) : this.rows),
    get_library: ({ instance }) => library(instance, this.rows),
    preview_enroll: ({ enrollment }) => {
      const nothing: Preview = { confirmation: "as it is", items: [], leftAlone: [], files: 0, bytes: 0 };
      if (!enrollment.reset) return nothing;
      return this.#preview(this.#masters((row) => enrollment.series.includes(row.sonarrSeriesId)));
    },
    enroll: ({ enrollment }) => {
      const known = new Map(library(enrollment.instance, this.rows).map((series) => [series.series, series]));
      const fresh = enrollment.series.flatMap((series, index) => {
        const found = known.get(series);
        const id = 900 + this.rows.length + index;
        if (!found) return [];
        return [
          {
            id,
            masterId: id,
            title: found.title,
            instance: enrollment.instance,
            sonarrSeriesId: series,
            tvdbId: found.tvdbId,
            monitoringType: enrollment.monitoringType,
            viewer: null,
            viewerKey: null,
            currentMonitoredSeason: enrollment.monitoringType === "allSeasonPilotRolling" ? 0 : 1,
            lastWatchedSeason: null,
            lastWatchedEpisode: null,
            lastUpdatedAt: new Date(this.#now()).toISOString(),
            inactive: false,
            keepShow: false,
            keepSeasons: [],
          },
        ];
      });
      const titles = new Set(fresh.map((row) => row.title));
      this.#replaceRows([...this.rows.filter((row) => !titles.has(row.title)), ...fresh]);
      return { done: fresh.map((row) => ({ title: row.title, detail: "Enrolled." })), errors: [] };
    },
    preview_reset: ({ id }) => this.#preview(this.#masters((row) => row.id === id)),
    reset_show: ({ id, confirmation }) =>
      this.#reset(
        this.#masters((row) => row.id === id),
        confirmation,
      ),
    remove_show: ({ id }) => this.#replaceRows(this.rows.filter((row) => row.masterId !== id)),
    preview_reset_inactive: () => this.#preview(this.#masters((row) => row.inactive)),
    reset_inactive: ({ confirmation }) =>
      this.#reset(
        this.#masters((row) => row.inactive),
        confirmation,
      ),
    keep: ({ show, season, keep }) =>
      this.#replaceRows(
        this.rows.map((row) => {
          if (row.id !== show || row.viewer !== null) return row;
          if (season === null) return { ...row, keepShow: keep };
          const others = row.keepSeasons.filter((kept) => kept !== season);
          return {
            ...row,
            keepSeasons: keep ? [...others, season].sort((one, other) => one - other) : others,
          };
        }),
      ),
    get_outlook: ({ show }) => {
      if (this.outlook) return this.outlook;
      const { rows, settings, state } = this;
      const { connections, confirmations } = state;
      return outlook({ rows, settings, connections, confirmations, now: this.#now() }, show);
    },
    get_forecasts: ({ show }) =>
      rolling.forecasts(this.rows.filter((row) => row.viewer !== null && row.masterId === show)),
    get_recycling: ({ instance }) => rolling.recycling(instance),
    get_readiness: () =>
      this.rows.length === 0 ? { inTime: 0, late: 0, open: 0 } : { inTime: 23, late: 2, open: 3 },
    get_rules: () => this.rules,
    set_rules: ({ rules }) => {
      const madeAt = new Date(this.#now()).toISOString();
      const made = <Item extends { madeAt: string | null }>(item: Item): Item => ({
        ...item,
        madeAt: item.madeAt ?? madeAt,
      });
      this.rules = { rules: rules.rules.map(made), defaults: rules.defaults.map(made) };
      return this.rules;
    },
    dry_run_rules: ({ rules }) => rolling.dryRun(rules, this.rows),
    get_rule_choices: () => rolling.CHOICES,
    get_storage: () => rolling.rootFolders(this.floors),
    set_storage_floors: ({ floors }) => rolling.rootFolders((this.floors = floors)),
    confirm_deletion: ({ id }) => {
      this.change({ confirmations: this.state.confirmations.filter((pending) => pending.id !== id) });
      return null;
    },
    dismiss_deletion: ({ id }) => {
      this.change({ confirmations: this.state.confirmations.filter((pending) => pending.id !== id) });
      return null;
    },
    retry_secrets: () => {
      this.change({ secrets: { kind: "ready", place: "the system keyring" } });
      return null;
    },
    get_autostart: () => ({ enabled: this.autostart }),
    set_autostart: ({ enabled }) => ({ enabled: (this.autostart = enabled) }),
    open_logs_folder: () => null,
    log_from_ui: () => null,
  };
}
