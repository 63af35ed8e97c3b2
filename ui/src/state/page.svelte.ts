import { createContext } from "svelte";
import type { Host } from "../host";
import { AppStore } from "./app.svelte";
import { Clock } from "./clock.svelte";
import { ConnectionsStore } from "./connections.svelte";
import { JournalStore } from "./journal.svelte";
import { MonitoringStore } from "./monitoring.svelte";
import { Navigation } from "./navigation.svelte";
import { OutlookStore } from "./outlook.svelte";
import { SettingsStore } from "./settings.svelte";
import { ShowsStore } from "./shows.svelte";
import { StorageStore } from "./storage.svelte";
import { Toasts } from "./toasts.svelte";

/** Everything the views are made from. */
export class Page {
  readonly host: Host;
  readonly toasts = new Toasts();
  readonly clock: Clock;
  readonly navigation: Navigation;
  readonly app: AppStore;
  readonly monitoring: MonitoringStore;
  readonly journal: JournalStore;
  readonly shows: ShowsStore;
  readonly outlook: OutlookStore;
  readonly connections: ConnectionsStore;
  readonly settings: SettingsStore;
  readonly storage: StorageStore;

  constructor(host: Host, now: () => number = Date.now) {
    this.host = host;
    this.clock = new Clock(now);
    this.navigation = new Navigation(host);
    this.app = new AppStore(host);
    this.settings = new SettingsStore(host, this.toasts);
    this.storage = new StorageStore(host, this.toasts);
    this.monitoring = new MonitoringStore(host, this.toasts, this.settings);
    this.journal = new JournalStore(host);
    this.shows = new ShowsStore(host, this.toasts);
    this.outlook = new OutlookStore(host);
    this.connections = new ConnectionsStore(host, this.toasts);
  }

  /** Starts listening and reads what is needed first. Returns what undoes it. */
  async start(): Promise<() => void> {
    const stops = [this.clock.start(), await this.navigation.start(), await this.app.start()];
    await this.settings.load();
    return () => stops.forEach((stop) => stop());
  }
}

const [getPage, setPage] = createContext<Page>();
export { getPage, setPage };
