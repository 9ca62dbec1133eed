import { expose } from 'comlink';
import { Delivery } from './delivery.ts';

expose(new Delivery());
