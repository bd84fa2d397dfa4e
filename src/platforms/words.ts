import type { KnownWord } from '../core/words.ts'

/**
 * What our scripts are called with, by the platforms that are installed for and by those whose operators call us from a script of
 * their own. Veeam, Nutanix, Alibaba and Huawei send no word at all.
 */
export const knownWords: readonly KnownWord[] = [
  // open-vm-tools, services/plugins/vmbackup/scriptOps.c; qemu, qga/commands-posix.c
  { word: 'freeze', means: 'freeze', sentBy: 'VMware Tools, the QEMU guest agent, the pair for Veeam' },
  { word: 'thaw', means: 'thaw', sentBy: 'VMware Tools, the QEMU guest agent, the pair for Veeam' },
  // as the code of open-vm-tools writes it; its documents write freezefail
  { word: 'freezeFail', means: 'freeze failed', sentBy: 'VMware Tools' },
  // the parameter "command" of an SSM document for Data Lifecycle Manager
  { word: 'pre-script', means: 'freeze', sentBy: 'AWS, an SSM document that passes its command on' },
  { word: 'post-script', means: 'thaw', sentBy: 'AWS, an SSM document that passes its command on' },
  { word: 'dry-run', means: 'nothing', sentBy: 'AWS, an SSM document that passes its command on' },
  // pre.sh and post.sh in /etc/google/snapshots: $1
  {
    word: { like: /^[\w./-]*[\d,/][\w,./-]*$/, shown: 'a list of disks' },
    means: 'either',
    sentBy: 'the guest agent of Google Cloud',
  },
]
