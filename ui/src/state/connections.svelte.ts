import type { ConnectionKind, ConnectionState } from "../bindings/wire";
import { asFailure, type Host, type HostFailure } from "../host";
import { text } from "../text";
import type { Toasts } from "./toasts.svelte";

export type TestResult =
  | { kind: "answered"; serverName: string | null; version: string | null }
  | { kind: "failed"; failure: HostFailure };

/** A connection being written. */
export class ConnectionForm {
  kind = $state<ConnectionKind>("plex");
  name = $state("");
  url = $state("");
  secret = $state("");
  busy = $state<"test" | "save" | null>(null);
  result = $state.raw<TestResult | null>(null);
  saveFailed = $state(false);
  readonly editing: ConnectionState | null;
  readonly #host: Host;
  readonly #taken: readonly string[];
  #nameIsOurs = true;

  constructor(host: Host, kind: ConnectionKind, editing: ConnectionState | null, taken: readonly string[]) {
    this.#host = host;
    this.#taken = taken.map((name) => name.toLowerCase());
    this.editing = editing;
    this.kind = editing?.kind ?? kind;
    this.name = editing?.name ?? this.#freeName(kind);
    this.url = editing?.url ?? "";
    this.#nameIsOurs = editing === null;
  }

  /** Saving under a name that is taken would change the other connection. */
  get nameTaken(): boolean {
    return this.editing === null && this.#isTaken(this.name);
  }

  get complete(): boolean {
    const filled = [this.name, this.url, this.editing ? "unchanged" : this.secret].every(
      (value) => value.trim() !== "",
    );
    return filled && !this.nameTaken;
  }

  /** Chooses a program; a name that was never touched follows it. */
  choose(kind: ConnectionKind) {
    if (this.#nameIsOurs) this.name = this.#freeName(kind);
    this.kind = kind;
    this.touched();
  }

  rename() {
    this.#nameIsOurs = false;
    this.touched();
  }

  touched() {
    this.result = null;
    this.saveFailed = false;
  }

  async test() {
    this.saveFailed = false;
    await this.#run("test", async () => {
      const answer = await this.#host.call("test_connection", { draft: this.#draft(true) });
      this.result = { kind: "answered", ...answer };
    });
  }

  /** Saves; resolves with whether it was. */
  async save(verify: boolean): Promise<boolean> {
    let saved = false;
    await this.#run("save", async () => {
      await this.#host.call("save_connection", { draft: this.#draft(verify) });
      saved = true;
    });
    this.saveFailed = !saved;
    return saved;
  }

  async #run(what: "test" | "save", work: () => Promise<void>) {
    this.busy = what;
    this.result = null;
    try {
      await work();
    } catch (thrown) {
      this.result = { kind: "failed", failure: asFailure(thrown) };
    } finally {
      this.busy = null;
    }
  }

  #isTaken(name: string): boolean {
    return this.#taken.includes(name.trim().toLowerCase());
  }

  #freeName(kind: ConnectionKind): string {
    const plain = text.connections.kinds[kind];
    let name: string = plain;
    for (let number = 2; this.#isTaken(name); number += 1) name = `${plain} ${number}`;
    return name;
  }

  #draft(verify: boolean) {
    const secret = this.secret.trim();
    return {
      kind: this.kind,
      name: this.name.trim(),
      url: this.url.trim(),
      secret: secret === "" ? null : secret,
      verify,
    };
  }
}

/** What can be done to connections; the list itself is part of the program's state. */
export class ConnectionsStore {
  readonly #host: Host;
  readonly #toasts: Toasts;

  constructor(host: Host, toasts: Toasts) {
    this.#host = host;
    this.#toasts = toasts;
  }

  form(kind: ConnectionKind, editing: ConnectionState | null, taken: readonly string[]): ConnectionForm {
    return new ConnectionForm(this.#host, kind, editing, taken);
  }

  saved(name: string) {
    this.#toasts.done(text.connections.saved(name));
  }

  async remove(name: string) {
    await this.#host.call("remove_connection", { name });
    this.#toasts.done(text.connections.removed(name));
  }
}
