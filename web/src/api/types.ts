import type { components } from './schema';

/** The server's shapes, by their names in the OpenAPI document. */
export type Schemas = components['schemas'];

export type Scope = Schemas['TokenView']['scope'];
export type Role = Schemas['Member']['role'];
export type Task = NonNullable<Schemas['TrainRequest']['task']>;
export type Preset = NonNullable<Schemas['TrainRequest']['preset']>;
