// How the API tells moments; here, so that every file of models can have it.
import { z } from 'zod';

export const time = z.int().min(0).describe('Epoch milliseconds.');
