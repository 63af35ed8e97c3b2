export { asFailure, type HostFailure } from "../host";
