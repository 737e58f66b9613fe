import { describeAnswers } from "../../golden.ts";

describeAnswers("picket test, word for word", import.meta.dirname, 11);
