import type { OutlookRow, ViewerForecast } from "../bindings/wire";
import { asFailure, type Host, type HostFailure } from "../host";

/** What is asked about a show only while somebody looks at it closely. */
export class ShowDetails {
  outlook = $state.raw<OutlookRow[]>([]);
  forecasts = $state.raw<ViewerForecast[]>([]);
  loaded = $state(false);
  failure = $state.raw<HostFailure | null>(null);
  readonly #host: Host;
  readonly #show: number;
  #asked = 0;

  constructor(host: Host, show: number) {
    this.#host = host;
    this.#show = show;
  }

  /** Asks anew; an answer that comes after a later question is dropped. */
  async load() {
    const asked = ++this.#asked;
    const show = this.#show;
    try {
      const [outlook, forecasts] = await Promise.all([
        this.#host.call("get_outlook", { show }),
        this.#host.call("get_forecasts", { show }),
      ]);
      if (asked !== this.#asked) return;
      this.outlook = outlook.rows;
      this.forecasts = forecasts;
      this.failure = null;
      this.loaded = true;
    } catch (thrown) {
      if (asked === this.#asked) this.failure = asFailure(thrown);
    }
  }
}
