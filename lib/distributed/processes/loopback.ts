/** `AF_INET`, `SOCK_DGRAM`: any socket will do to ask about interfaces. */
const internet = 2, datagram = 2;
/** `SIOCGIFFLAGS`, `SIOCSIFFLAGS` and `IFF_UP`. */
const getFlags = 0x8913n, setFlags = 0x8914n, up = 1;
/** Of C's `struct ifreq`: its size, and where the flags are, behind the name. */
const requestBytes = 40, flagsAt = 16;

const symbols = {
  socket: { parameters: ["i32", "i32", "i32"], result: "i32" },
  ioctl: { parameters: ["i32", "u64", "buffer"], result: "i32" },
  close: { parameters: ["i32"], result: "i32" },
} as const;

/** The one interface that every network of Linux has. */
export const loopback = "lo";

/**
 * Switches the loopback interface of this process's network on, as `ip link set lo up` does. That
 * it is on afterwards is for the caller to see.
 */
export function raiseLoopback(): void {
  const libc = Deno.dlopen("libc.so.6", symbols);
  try {
    const { socket, ioctl, close } = libc.symbols;
    const request = new Uint8Array(requestBytes);
    request.set(new TextEncoder().encode(loopback));
    const handle = socket(internet, datagram, 0);
    ioctl(handle, getFlags, request);
    request[flagsAt]! |= up;
    ioctl(handle, setFlags, request);
    close(handle);
  } finally {
    libc.close();
  }
}
