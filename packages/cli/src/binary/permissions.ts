import type { Permissions } from '@polytok/binary/formats';

/** `r-x` */
export function formatPermissions({ read, write, execute }: Permissions): string {
  return `${read ? 'r' : '-'}${write ? 'w' : '-'}${execute ? 'x' : '-'}`;
}
