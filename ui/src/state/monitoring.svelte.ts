import type { Pause } from "../bindings/wire";
import type { Host } from "../host";
import { text } from "../text";
import type { SettingsStore } from "./settings.svelte";
import type { Toasts } from "./toasts.svelte";

/** What can be done to monitoring as a whole. */
export class MonitoringStore {
  checking = $state(false);
  switching = $state(false);
  readonly #host: Host;
  readonly #toasts: Toasts;
  readonly #settings: SettingsStore;

  constructor(host: Host, toasts: Toasts, settings: SettingsStore) {
    this.#host = host;
    this.#toasts = toasts;
    this.#settings = settings;
  }

  async check() {
    this.checking = true;
    try {
      const report = await this.#host.call("check_sessions", { dryRun: false });
      this.#toasts.done(
        text.now.checked(report.processedSessions, report.triggeredSearches, report.errors.length),
      );
    } catch (thrown) {
      this.#toasts.failed(thrown);
    } finally {
      this.checking = false;
    }
  }

  async switchTo(enabled: boolean) {
    this.switching = true;
    try {
      await this.#settings.changeNow({ enabled });
    } catch (thrown) {
      this.#toasts.failed(thrown);
    } finally {
      this.switching = false;
    }
  }

  pause = (pause: Pause) => this.#try(() => this.#host.call("pause_monitoring", { pause }));
  resume = () => this.#try(() => this.#host.call("resume_monitoring", {}));
  confirmDeletion = (id: number) => this.#try(() => this.#host.call("confirm_deletion", { id }));
  dismissDeletion = (id: number) => this.#try(() => this.#host.call("dismiss_deletion", { id }));
  retrySecrets = () => this.#try(() => this.#host.call("retry_secrets", {}));
  openLogs = () => this.#try(() => this.#host.call("open_logs_folder", {}));

  async #try(call: () => Promise<unknown>) {
    try {
      await call();
    } catch (thrown) {
      this.#toasts.failed(thrown);
    }
  }
}
