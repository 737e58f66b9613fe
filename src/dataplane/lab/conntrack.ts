import { AF_NETLINK, closeSocket, hostEndian, openSocket, SOCK_RAW, sendTo } from "./libc.ts";
import { inNamespace } from "./namespace.ts";

const NETLINK_NETFILTER = 12;
const NLM_F_REQUEST = 1;
/** NFNL_SUBSYS_CTNETLINK, IPCTNL_MSG_CT_DELETE: without an entry named, every entry. */
const DELETE = (1 << 8) | 2;

/** Empties the connection tracking of the named namespace: every packet there is a new one's. */
export function forgetConnections(netns: string): void {
  const message = Buffer.alloc(20);
  const fields = hostEndian(message);
  fields.setU32(0, message.length);
  fields.setU16(4, DELETE);
  fields.setU16(6, NLM_F_REQUEST);
  const kernel = Buffer.alloc(12);
  hostEndian(kernel).setU16(0, AF_NETLINK);
  const socket = inNamespace(netns, () => openSocket(AF_NETLINK, SOCK_RAW, NETLINK_NETFILTER));
  try {
    // The kernel has acted on the message when the call returns.
    sendTo(socket, message, kernel);
  } finally {
    closeSocket(socket);
  }
}
