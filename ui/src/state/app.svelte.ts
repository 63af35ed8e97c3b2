import type { AppState } from "../bindings/wire";
import { asFailure, type Host, type HostFailure, type Unlisten } from "../host";

/** The one state the program publishes. */
export class AppStore {
  current = $state.raw<AppState | null>(null);
  failure = $state.raw<HostFailure | null>(null);
  readonly #host: Host;

  constructor(host: Host) {
    this.#host = host;
  }

  /** Listens first and asks afterwards, so that nothing falls between the two; older news is dropped. */
  async start(): Promise<Unlisten> {
    const unlisten = await this.#host.onState((state) => this.#take(state));
    try {
      this.#take(await this.#host.call("get_state", {}));
    } catch (thrown) {
      this.failure = asFailure(thrown);
    }
    return unlisten;
  }

  #take(state: AppState) {
    if (this.current && state.revision <= this.current.revision) return;
    this.current = state;
    this.failure = null;
  }
}
