import { describeAnswers } from "../../golden.ts";

describeAnswers("picket diff, word for word", import.meta.dirname, 7);
