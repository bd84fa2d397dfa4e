import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { test } from 'node:test'
import { withDir } from 'tmp-promise'
import { leftOver } from './left-over.ts'

const forever = 'setInterval(()=>{},1000)'

test('nothing is left over of folders that nobody knows', async () => {
  assert.deepEqual(await leftOver(['/nonexistent/demo', '/nonexistent/state']), [])
})

test('a folder is left over, and every process that has it in its words or environment', async () => {
  await withDir(async ({ path }) => {
    const byWords = spawn(process.execPath, ['-e', forever, path])
    const byEnvironment = spawn(process.execPath, ['-e', forever], { env: { STATE: path } })
    try {
      assert.deepEqual(
        new Set(await leftOver([path, '/nonexistent/state'])),
        new Set([
          path,
          `process ${byWords.pid} (${process.execPath} -e ${forever} ${path})`,
          `process ${byEnvironment.pid} (${process.execPath} -e ${forever})`,
        ]),
      )
    } finally {
      for (const each of [byWords, byEnvironment]) each.kill('SIGKILL')
    }
  })
})
