// Node stands still in the script that QUIESCE_TEST_GATE_IN names, before its first line, while QUIESCE_TEST_GATE_FILE exists.
const { existsSync } = require('node:fs')
const { basename } = require('node:path')

if (basename(process.argv[1] ?? '') === process.env.QUIESCE_TEST_GATE_IN) {
  const still = new Int32Array(new SharedArrayBuffer(4))
  while (existsSync(process.env.QUIESCE_TEST_GATE_FILE)) Atomics.wait(still, 0, 0, 5)
}
