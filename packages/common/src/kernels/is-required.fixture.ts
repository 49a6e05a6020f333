/** Whether `POLYTOK_REQUIRE`, a list with commas, names a component: then tests fail where it is missing, and do not skip. */
export function isRequired(component: string): boolean {
  return (process.env.POLYTOK_REQUIRE ?? '').split(',').includes(component);
}
