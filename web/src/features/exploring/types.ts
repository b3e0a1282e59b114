import type { components } from '../../api/schema';

export type Profile = components['schemas']['Profile'];
export type ColumnProfile = components['schemas']['ColumnProfile'];
