// The shim over OpenCV DNN.  One thread for each network: a second one brings nothing at these
// sizes, and the examiner may not start any once it has narrowed itself.
#include "face/net.h"

#include <cstring>
#include <new>
#include <opencv2/core.hpp>
#include <opencv2/core/ocl.hpp>
#include <opencv2/core/utils/logger.hpp>
#include <opencv2/dnn.hpp>
#include <string>
#include <vector>

struct tbc_net {
    cv::dnn::Net net;
};

enum tbc_err
tbc_net_open(struct tbc_net **net, const void *onnx, size_t onnx_len)
{
    *net = nullptr;
    try {
        cv::utils::logging::setLogLevel(cv::utils::logging::LOG_LEVEL_SILENT);
        cv::setNumThreads(1);
        cv::ocl::setUseOpenCL(false);

        cv::dnn::Net loaded =
            cv::dnn::readNetFromONNX(static_cast<const char *>(onnx), onnx_len);
        loaded.setPreferableBackend(cv::dnn::DNN_BACKEND_OPENCV);
        loaded.setPreferableTarget(cv::dnn::DNN_TARGET_CPU);
        *net = new tbc_net{ loaded };
        return TBC_OK;
    } catch (const std::bad_alloc &) {
        return TBC_ERR_NO_MEMORY;
    } catch (...) {
        return TBC_ERR_UNSUPPORTED;
    }
}

void
tbc_net_close(struct tbc_net **net)
{
    delete *net;
    *net = nullptr;
}

enum tbc_err
tbc_net_run(struct tbc_net *net, const struct tbc_net_input *input,
            const struct tbc_net_output *outputs, size_t output_n)
{
    try {
        const int shape[] = { 1, input->channels, input->height, input->width };
        std::vector<std::string> names;
        std::vector<cv::Mat> blobs;

        for (size_t i = 0; i < output_n; i++) {
            names.emplace_back(outputs[i].name);
        }
        net->net.setInput(cv::Mat(4, shape, CV_32F, input->values));
        net->net.forward(blobs, names);
        for (size_t i = 0; i < output_n; i++) {
            if (blobs.at(i).type() != CV_32F || !blobs[i].isContinuous() ||
                blobs[i].total() != outputs[i].n) {
                return TBC_ERR_UNSUPPORTED;
            }
            std::memcpy(outputs[i].values, blobs[i].ptr<float>(),
                        outputs[i].n * sizeof(float));
        }
        return TBC_OK;
    } catch (const std::bad_alloc &) {
        return TBC_ERR_NO_MEMORY;
    } catch (...) {
        return TBC_ERR_UNSUPPORTED;
    }
}
