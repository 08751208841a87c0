/**
 * A program of a few instructions that waits for ever: it leaves its children's ends to the kernel
 * (`SIGCHLD` is ignored, so that none stays as a zombie) and sleeps. Machine code in hexadecimal, so
 * that an agent needs neither a registry nor a compiler for what holds a task's namespaces.
 */
const CODE: ReadonlyMap<string, readonly string[]> = new Map([
  [
    "amd64",
    [
      "b80d000000", //      mov eax, 13         rt_sigaction
      "bf11000000", //      mov edi, 17         SIGCHLD
      "488d3513000000", //  lea rsi, [action]
      "31d2", //            xor edx, edx
      "41ba08000000", //    mov r10d, 8
      "0f05", //            syscall
      "b822000000", // wait: mov eax, 34        pause
      "0f05", //            syscall
      "ebf7", //            jmp wait
    ],
  ],
  [
    "arm64",
    [
      "c81080d2", //        mov x8, 134         rt_sigaction
      "200280d2", //        mov x0, 17          SIGCHLD
      "61010010", //        adr x1, action
      "020080d2", //        mov x2, 0
      "030180d2", //        mov x3, 8
      "010000d4", //        svc 0
      "280980d2", // wait:  mov x8, 73          ppoll
      "000080d2", //        mov x0, 0
      "010080d2", //        mov x1, 0
      "020080d2", //        mov x2, 0
      "030080d2", //        mov x3, 0
      "010000d4", //        svc 0
      "faffff17", //        b wait
    ],
  ],
]);

/** What follows the code: SIG_IGN, and no flags, restorer or mask. */
const ACTION = `01${"00".repeat(31)}`;

/** ELF's numbers of machines. */
const MACHINE: ReadonlyMap<string, number> = new Map([
  ["amd64", 62],
  ["arm64", 183],
]);

const HEADER_BYTES = 64;
const SEGMENT_BYTES = 56;
const ADDRESS = 0x400000n;
/** The largest that Linux has. */
const PAGE_BYTES = 0x10000n;

/** The program as an ELF file for an engine's architecture, in Go's words; undefined where there is none. */
export function pauseProgram(architecture: string): Buffer | undefined {
  const code = CODE.get(architecture);
  const machine = MACHINE.get(architecture);
  if (!code || machine === undefined) return undefined;
  const text = Buffer.from(code.join("") + ACTION, "hex");
  const size = BigInt(HEADER_BYTES + SEGMENT_BYTES + text.length);
  return Buffer.concat([header(machine), segment(size), text]);
}

function header(machine: number): Buffer {
  const bytes = Buffer.alloc(HEADER_BYTES);
  // 64 bits, little end first, version 1.
  Buffer.from("7f454c46020101", "hex").copy(bytes);
  const executable = 2;
  bytes.writeUInt16LE(executable, 16);
  bytes.writeUInt16LE(machine, 18);
  bytes.writeUInt32LE(1, 20);
  bytes.writeBigUInt64LE(ADDRESS + BigInt(HEADER_BYTES + SEGMENT_BYTES), 24);
  bytes.writeBigUInt64LE(BigInt(HEADER_BYTES), 32);
  bytes.writeUInt16LE(HEADER_BYTES, 52);
  bytes.writeUInt16LE(SEGMENT_BYTES, 54);
  bytes.writeUInt16LE(1, 56);
  return bytes;
}

/** All of the file, to be read and run. */
function segment(size: bigint): Buffer {
  const [load, readAndRun] = [1, 5];
  const bytes = Buffer.alloc(SEGMENT_BYTES);
  bytes.writeUInt32LE(load, 0);
  bytes.writeUInt32LE(readAndRun, 4);
  bytes.writeBigUInt64LE(ADDRESS, 16);
  bytes.writeBigUInt64LE(ADDRESS, 24);
  bytes.writeBigUInt64LE(size, 32);
  bytes.writeBigUInt64LE(size, 40);
  bytes.writeBigUInt64LE(PAGE_BYTES, 48);
  return bytes;
}
