import type { ConnectionKind, View } from "../bindings/wire";
import type { Host, Unlisten } from "../host";

export const VIEWS: readonly View[] = ["now", "journal", "shows", "connections", "settings"];

/** Which view is open. The first one comes from the address, later ones also from the tray. */
export class Navigation {
  view = $state<View>("now");
  /** The connections view starts by adding one of this kind. */
  adding = $state<ConnectionKind | null>(null);
  readonly #host: Host;

  constructor(host: Host) {
    this.#host = host;
  }

  async start(): Promise<Unlisten> {
    const asked = VIEWS.find((view) => `#${view}` === location.hash);
    if (asked) this.view = asked;
    return this.#host.onOpenView((view) => this.open(view));
  }

  open(view: View, adding: ConnectionKind | null = null) {
    this.view = view;
    this.adding = adding;
  }
}
