import type { ErrorCode } from "./bindings/wire";

/** What the user can do about a failure; `null` where the message says all there is. */
export function adviceFor(code: ErrorCode): string | null {
  switch (code) {
    case "unreachable":
      return "Check the address and the port, and that the server is running.";
    case "timeout":
      return "The server may be busy or asleep. Try again in a moment.";
    case "tls":
      return "Use the address that the certificate was made for, or http:// inside your own network.";
    case "unauthorized":
      return "Copy the token or API key again; it may have been renewed.";
    case "forbidden":
      return "Use the token of the server's owner.";
    case "notThisKindOfServer":
      return "Check the port, and the base path if the server has one.";
    case "startingUp":
      return "Give it a minute and try again.";
    case "rateLimited":
      return "Give it a few minutes.";
    case "notFound":
      return "It may have been removed meanwhile.";
    case "serverError":
      return "The server's own log says more.";
    case "badAnswer":
      return "If it stays so, the server may be of a version that is not supported.";
    case "invalidUrl":
      return "It should look like http://192.168.1.10:8989.";
    case "heldByEnvironment":
      return "Change the environment variable plexSessionMonitoring instead.";
    case "monitoringDisabled":
      return "Switch monitoring on first.";
    case "changedMeanwhile":
      return "Nothing was done. Look at the new preview and decide again.";
    case "internal":
      return "The log says more; Settings has a button that opens it.";
    // Their sentences say themselves what to do.
    case "secretStoreLocked":
    case "secretStoreUnavailable":
    case "storeUnwritable":
    case "busy":
    case "owed":
    case "conflict":
    case "invalidValue":
      return null;
    default:
      return unknown(code);
  }
}

function unknown(code: never): null {
  void code;
  return null;
}
