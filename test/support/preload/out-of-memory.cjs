// Node runs out of memory in the script that QUIESCE_TEST_OUT_OF_MEMORY_IN names, as soon as QUIESCE_TEST_OUT_OF_MEMORY_FILE exists.
const { existsSync } = require('node:fs')
const { basename } = require('node:path')

if (basename(process.argv[1] ?? '') === process.env.QUIESCE_TEST_OUT_OF_MEMORY_IN) {
  const eaten = []
  const eat = () => {
    while (existsSync(process.env.QUIESCE_TEST_OUT_OF_MEMORY_FILE))
      eaten.push(Array.from({ length: 100_000 }).fill(0.5))
  }
  setInterval(eat, 5).unref()
}
