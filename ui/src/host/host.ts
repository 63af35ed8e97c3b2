import type { AppState, CommandMap, ErrorCode, HostError, View } from "../bindings/wire";

export type CommandName = keyof CommandMap;
export type Arguments<Name extends CommandName> = CommandMap[Name]["args"];
export type Answer<Name extends CommandName> = CommandMap[Name]["answer"];
export type Unlisten = () => void;

/** What the page stands on: the desktop shell, or a simulated one. */
export interface Host {
  /** Asks or tells the program something. Rejects with a {@link HostFailure}. */
  call<Name extends CommandName>(name: Name, args: Arguments<Name>): Promise<Answer<Name>>;
  /** Hears of every new state. Resolves once it listens. */
  onState(listener: (state: AppState) => void): Promise<Unlisten>;
  /** Hears when another view is asked for from outside. */
  onOpenView(listener: (view: View) => void): Promise<Unlisten>;
}

/** A command that failed, with the code the page decides by. */
export class HostFailure extends Error implements HostError {
  readonly code: ErrorCode;

  constructor(error: HostError) {
    super(error.message);
    this.name = "HostFailure";
    this.code = error.code;
  }
}

/** Makes a failure out of whatever was thrown. */
export function asFailure(thrown: unknown): HostFailure {
  if (thrown instanceof HostFailure) return thrown;
  if (typeof thrown === "object" && thrown !== null && "code" in thrown && "message" in thrown) {
    return new HostFailure(thrown as HostError);
  }
  return new HostFailure({ code: "internal", message: String(thrown) });
}
